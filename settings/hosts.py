"""Settings of the shop's host names."""

from typing import Annotated, Literal

from pydantic import Field

from stackfile.section import Section
from stackfile.types import Host

StoreCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,31}$", title="lower-case letters, digits and `_`, 32 at most"
    ),
]


class StoreHost(Section):
    """A host that shows another store: a language, brand or country."""

    host: Host
    code: StoreCode
    """Code of the store view or website, as in the admin area (`MAGE_RUN_CODE`)."""
    type: Literal["store", "website"] = "store"
    """Whether the code names a store view or a website (`MAGE_RUN_TYPE`)."""
    redirects: tuple[Host, ...] = ()
    """Hosts that are redirected to this one."""


class Hosts(Section):
    """Host names of shop and admin area."""

    shop: Annotated[tuple[Host, ...], Field(min_length=1)]
    """Hosts of the shop. The first one is canonical, the others are redirected to it."""
    stores: tuple[StoreHost, ...] = ()
    """Further hosts, each showing another store; default: none."""
    admin: Host
    """Host of the admin area, which has its own pods."""

    @property
    def served(self) -> tuple[str, ...]:
        """Hosts that show a shop, the canonical one first."""
        return (self.shop[0], *(store.host for store in self.stores))

    @property
    def redirects(self) -> dict[str, str]:
        """Hosts that are redirected, with their targets."""
        found = dict.fromkeys(self.shop[1:], self.shop[0])
        for store in self.stores:
            found |= dict.fromkeys(store.redirects, store.host)
        return found

    @property
    def public(self) -> tuple[str, ...]:
        """Every host that leads to the storefront."""
        return (*self.served, *self.redirects)
