"""The templates of all configuration files."""

from pathlib import Path
from typing import Any

import jinja2

from shop import constants

TEMPLATES: Any = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 (no HTML is made here; the settings have checked every value)
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
TEMPLATES.globals |= {
    name.lower(): value for name, value in vars(constants).items() if name.isupper()
}
