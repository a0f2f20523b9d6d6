"""What a section needs of its surroundings: each choice answers for itself."""

from collections.abc import Iterator
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


Prerequisite = Api | Named
Prerequisites = Iterator[Prerequisite]
