"""Settings of who may see the shop."""

from pydantic import ConfigDict

from stackfile.section import Section
from stackfile.types import Cidr


class Access(Section):
    """Who may see a part of the shop, besides what the shop itself asks for."""

    model_config = ConfigDict(title="Visitors")

    allow: tuple[Cidr, ...] = ()
    """Networks of clients that are let in; default: everybody."""
    basic_auth: bool = False
    """Whether a generated user name and password are asked for first."""


class AccessList(Section):
    """Who may see what."""

    shop: Access = Access()
    admin: Access = Access()
