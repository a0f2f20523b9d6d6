"""Configuration files of what stands between the edge and the storefront: Varnish and its nginx."""

from collections.abc import Sequence
from typing import TypedDict

from shop._templates import TEMPLATES

_SORRY = (
    "<!doctype html><title>Please try again</title>"
    "<p>The shop does not answer at the moment. Please try again in a minute.</p>\n"
)
_NOISE = (
    "([?&])(utm_[a-z_]+|gclid|gbraid|wbraid|gclsrc|dclid|fbclid|msclkid|ttclid|twclid|yclid|igshid|"
    "li_fat_id|mc_cid|mc_eid|_ga|_gl|pk_[a-z_]+|mtm_[a-z_]+|srsltid)=[^&]*"
)
"""Parameters that only advertisements and statistics in the browser read."""
_PRIVATE = (
    *("api", "captcha", "checkout", "customer", "downloadable", "giftmessage", "newsletter"),
    *("oauth", "onestepcheckout", "paypal", "persistent", "poll", "productalert", "sales"),
    *("sendfriend", "shipping", "wishlist"),
)
"""Front names of pages that belong to one visitor."""
_COOKIES = "(^|; *)(external_no_cache|no_cache|persistent_shopping_cart)=[^;]"
"""Cookies of a visitor whose pages are his own: the names that Magento 1 has always had."""


class Caching(TypedDict):
    """What is cached, and for whom."""

    release: str
    """Identity of the release: a new one starts with an empty cache."""
    html: bool
    """Whether pages are cached as well."""
    restricted: bool
    """Whether not everybody may see the shop: nothing is cached then."""
    admin_path: str
    """Front name of the admin area."""
    grace: int
    """Seconds for which stale answers are kept in case the shop does not answer."""
    timeout: int
    """Seconds that a request may take."""


class Varnish(Caching):
    """A Varnish and what surrounds it."""

    backend: str
    """Name of the Service behind it."""
    terminator: bool
    """Whether an nginx in the same pod comes before it."""
    largest: int
    """Size in bytes of the largest file that is cached."""


class Terminator(TypedDict):
    """The nginx that terminates TLS in front of Varnish."""

    shop_hosts: Sequence[str]
    """Hosts that lead to Varnish."""
    admin_hosts: Sequence[str]
    """Hosts that lead past it, to the admin pods."""
    admin: str
    """Name of the Service of the admin tier."""
    timeout: int
    """Seconds that a request may take."""


def varnish_config(varnish: Varnish) -> str:
    """Return Varnish's VCL."""
    names = "|".join((varnish["admin_path"], *_PRIVATE))
    return TEMPLATES.get_template("varnish.vcl.j2").render(
        **varnish,
        sorry=_SORRY,
        noise=_NOISE,
        private_pages=rf"(?i)^(/index\.php)?(/[a-z0-9_]+)?/(({names})([/?]|$)|(api|get)\.php)",
        private_cookies=f"(?i){_COOKIES}",
    )


def terminator_config(terminator: Terminator) -> str:
    """Return the whole nginx.conf of the terminator."""
    return TEMPLATES.get_template("terminator.conf.j2").render(**terminator)
