"""Settings of who may see the shop."""

from collections.abc import Iterator

from pydantic import ConfigDict

from stackfile.needs import SecretUse
from stackfile.section import Section
from stackfile.types import Cidr


class Access(Section):
    """Access restrictions in front of a part of the shop."""

    model_config = ConfigDict(title="Visitors")

    allow: tuple[Cidr, ...] = ()
    """Client networks that are allowed; default: all."""
    basic_auth: bool = False
    """Whether visitors must enter a generated password (HTTP basic authentication)."""


class AccessList(Section):
    """Access restrictions of shop and admin area."""

    shop: Access = Access()
    admin: Access = Access()

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the password."""
        if self.shop.basic_auth or self.admin.basic_auth:
            yield SecretUse("accessPassword")
        else:
            reason = "neither access.shop.basicAuth nor access.admin.basicAuth is on"
            yield SecretUse("accessPassword", unread=reason)
