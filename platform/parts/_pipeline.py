"""Fluent Bit's configuration: read, label and ship."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, TypedDict

import jinja2

from values.logs import Destination

STATE = "/var/lib/openmage-logs"
"""Directory on the node for read positions and buffered chunks."""
CERTIFICATES = "/certificates"
_TEMPLATES: Any = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "fluent-bit"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 (no HTML is made here; the settings have checked every value)
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class Pipeline(TypedDict):
    """The chart's `config`: Fluent Bit's files, by section."""

    service: str
    inputs: str
    filters: str
    outputs: str
    customParsers: str


def pipeline(
    server: Destination, *, variables: Collection[str], files: Collection[str]
) -> Pipeline:
    """Return the files; free-form user input is passed in variables, never inlined."""
    return {
        "service": _TEMPLATES.get_template("service.conf").render(state=STATE),
        "inputs": _TEMPLATES.get_template("inputs.conf").render(state=STATE),
        "filters": _TEMPLATES.get_template("filters.conf").render(server=server),
        "outputs": _TEMPLATES.get_template(f"{server.destination}.conf").render(
            server=server, variables=variables, files=files, certificates=CERTIFICATES
        ),
        "customParsers": "# none\n",
    }
