"""Settings of PHP."""

from typing import Annotated

from pydantic import Field

from settings.types import PhpSize
from stackfile.section import Section
from stackfile.types import Line

IniKey = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9_.]*$", title="setting of PHP")]


IniValue = Line | int | bool


class Php(Section):
    """PHP, in web pods."""

    memory_limit: PhpSize = "256M"
    """PHP's memory_limit for web requests: a page uses 8 MiB, a large import or image more."""
    ini: dict[IniKey, IniValue] = Field(
        default_factory=dict[IniKey, IniValue], examples=[{"max_input_vars": 5000}]
    )
    """Custom php.ini lines; those that the program sets itself are refused."""
