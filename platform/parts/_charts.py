"""The charts of the parts: from the upstream projects, each pinned to a version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

_FOLDER = Path(__file__).parent / "charts"


class Chart(NamedTuple):
    """A Helm chart."""

    chart: str
    """Name in the repository, or an OCI reference."""
    version: str
    repository: str | None = None
    """URL of the repository; None for OCI."""
    values: Mapping[str, Any] = {}
    """Helm values that depend on no settings."""

    @property
    def release(self) -> str:
        """Name of the release: the chart's own."""
        return self.chart.rpartition("/")[2]


def chart(release: str) -> Chart:
    """Return the chart that is in the file of this name."""
    return Chart(**data(release))


def data(name: str) -> dict[str, Any]:
    """Return the contents of a file in charts/."""
    reader: Any = YAML(typ="safe", pure=True)
    return reader.load(_FOLDER / f"{name}.yaml")
