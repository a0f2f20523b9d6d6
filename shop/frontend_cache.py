"""Configuration files of the frontend cache: Varnish and its nginx."""

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
"""Tracking parameters, which are only read by scripts in the browser."""
_PRIVATE = (
    *("api", "captcha", "checkout", "customer", "downloadable", "giftmessage", "newsletter"),
    *("oauth", "onestepcheckout", "paypal", "persistent", "poll", "productalert", "sales"),
    *("sendfriend", "shipping", "wishlist"),
)
"""Front names of personal pages."""
_COOKIES = "(^|; *)(external_no_cache|no_cache|persistent_shopping_cart)=[^;]"
"""Cookies of visitors who need personal pages, by Magento 1's traditional names."""


class Caching(TypedDict):
    """What is cached, and for whom."""

    release: str
    """Identity of the release; a new one starts with an empty cache."""
    html: bool
    """Whether pages are cached as well."""
    restricted: bool
    """Whether access to the shop is restricted; if so, nothing is cached."""
    admin_path: str
    """Front name of the admin area."""
    grace: int
    """Seconds for which stale answers are kept in case the shop does not answer."""
    timeout: int
    """Seconds that a request may take."""


class Varnish(Caching):
    """A Varnish and what surrounds it."""

    backend: str
    """Name of the backend Service."""
    terminator: bool
    """Whether there is an nginx in front of it, in the same pod."""
    largest: int
    """Size in bytes of the largest file that is cached."""


class Terminator(TypedDict):
    """The nginx that terminates TLS in front of Varnish."""

    shop_hosts: Sequence[str]
    """Hosts that lead to Varnish."""
    admin_hosts: Sequence[str]
    """Hosts that bypass it and lead to the admin pods."""
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
