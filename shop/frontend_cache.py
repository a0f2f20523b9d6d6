"""Configuration files of the frontend cache: Varnish and its nginx."""

from collections.abc import Sequence
from typing import TypedDict

from shop._templates import TEMPLATES


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
    return TEMPLATES.get_template("varnish.vcl.j2").render(varnish)


def terminator_config(terminator: Terminator) -> str:
    """Return the whole nginx.conf of the terminator."""
    return TEMPLATES.get_template("terminator.conf.j2").render(**terminator)
