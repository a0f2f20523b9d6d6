"""What a section needs of its surroundings: each choice answers for itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from stackfile.report import Path


class SecretUse(NamedTuple):
    """What becomes of a secret configuration key."""

    key: str
    required: str | None = None
    """Why it must be given; None where it is generated, or may be missing."""
    unread: str | None = None
    """Why nothing reads it; None where something does."""


class Api(NamedTuple):
    """An API that the cluster must serve."""

    path: Path
    """Setting that requires it."""
    version: str
    """Group and version."""
    part: str
    """Part of the platform that installs it."""
    kind: str | None = None
    """Kind that not every release of the API has; None if the API is enough."""
    required: bool = True
    """Whether the shop cannot run without it."""


class Named(NamedTuple):
    """An object of the cluster that a setting names."""

    path: Path
    kind: str
    where: str
    """Where the API server lists objects of that kind."""
    name: str | None
    """Name of the object; None for the cluster's default."""
    namespace: str | None = None
    part: str | None = None
    """Setting of the platform that creates one; None if the platform does not."""


class Names(NamedTuple):
    """Where pods may ask for names; the cluster's DNS should be among it."""

    path: Path
    pods: Sequence[tuple[str, Mapping[str, str], Sequence[int]]]
    """Namespace, labels and ports of pods that answer."""
    cidrs: Sequence[str]
    ports: Sequence[int]
    """Ports of the networks in `cidrs`."""


class Closed(NamedTuple):
    """A namespace that exists, admits restricted pods only, and has none but the shop's own."""

    path: Path
    namespace: str
    labels: Mapping[str, str]
    """Labels of the shop's own pods."""


Prerequisite = Api | Named | Names | Closed
Prerequisites = Iterator[Prerequisite]
