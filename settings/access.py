"""Settings of who may see the shop."""

from collections.abc import Iterator

from pydantic import ConfigDict

from stackfile.needs import SecretUse
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

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the password."""
        if self.shop.basic_auth or self.admin.basic_auth:
            yield SecretUse("accessPassword")
        else:
            reason = "neither access.shop.basicAuth nor access.admin.basicAuth is on"
            yield SecretUse("accessPassword", unread=reason)
