"""Rules about host names and trusted proxies."""

from collections.abc import Iterator

from settings.model import Settings
from stackfile.report import Path, Violation
from stackfile.types import network

_MAIN = {("store", "default"), ("website", "base")}
"""OpenMage's default store, shown on a host without a store view or website."""


def hosts(settings: Settings) -> Iterator[Violation]:
    """Refuse a host that is listed twice."""
    seen: set[str] = set()
    for path, host in named(settings):
        if host in seen and path == ("hosts", "admin"):
            yield Violation(
                path,
                "the admin area needs its own host: it has separate cookies and pods",
                f"use another one, such as admin.{settings.hosts.shop[0]}",
            )
        elif host in seen:
            yield Violation(path, "the host is listed twice", "remove one")
        seen.add(host)


def stores(settings: Settings) -> Iterator[Violation]:
    """Refuse a store that already has another host."""
    seen: set[tuple[str, str]] = set()
    for index, store in enumerate(settings.hosts.stores):
        path = ("hosts", "stores", index, "code")
        if store.code == "admin":
            yield Violation(
                path,
                f"is the admin store, which is served at {settings.hosts.admin}",
                "name a store view or website of the shop",
            )
        elif (store.type, store.code) in _MAIN:
            yield Violation(
                path,
                f"is the store at {settings.hosts.shop[0]}: all its links would lead to this host",
                "move the host to hosts.shop, or name another store view or website",
            )
        elif (store.type, store.code) in seen:
            yield Violation(
                path,
                "already has a host, and its links can lead to one host only",
                "move this host to the redirects of that one",
            )
        seen.add((store.type, store.code))


def named(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield every host that the edge serves, with its path."""
    for index, host in enumerate(settings.hosts.shop):
        yield ("hosts", "shop", index), host
    for index, store in enumerate(settings.hosts.stores):
        yield ("hosts", "stores", index, "host"), store.host
        for place, host in enumerate(store.redirects):
            yield ("hosts", "stores", index, "redirects", place), host
    yield ("hosts", "admin"), settings.hosts.admin
    if settings.phpmyadmin.host is not None:
        yield ("phpMyAdmin", "host"), settings.phpmyadmin.host


def proxies(settings: Settings) -> Iterator[Violation]:
    """Refuse to trust every proxy."""
    for index, cidr in enumerate(settings.edge.trusted_proxies):
        if settings.environment != "dev" and network(cidr).prefixlen == 0:
            yield Violation(
                ("edge", "trustedProxies", index),
                "trusts everyone: any client could forge its address",
                "list the network of the controller's pods",
            )
