"""Fluent Bit's configuration: read, label and ship."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import jinja2

from values.logs import Destination

CERTIFICATES = "/certificates"
_TEMPLATES: Any = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "fluent-bit"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 (no HTML is made here; the settings have checked every value)
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def pipeline(
    server: Destination, *, variables: Collection[str], files: Collection[str]
) -> dict[str, str]:
    """Return the chart's `config`: Fluent Bit's files, by section.

    Free-form user input is passed in variables, never inlined.
    """
    return {
        "service": _TEMPLATES.get_template("service.conf").render(),
        "inputs": _TEMPLATES.get_template("inputs.conf").render(),
        "filters": _TEMPLATES.get_template("filters.conf").render(server=server),
        "outputs": _TEMPLATES.get_template(f"{server.destination}.conf").render(
            server=server, variables=variables, files=files, certificates=CERTIFICATES
        ),
        "customParsers": "# none\n",
    }
