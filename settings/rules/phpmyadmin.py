"""Rules about phpMyAdmin."""

from collections.abc import Iterator

from settings.model import Settings
from stackfile.report import Violation
from stackfile.types import network


def without_effect(settings: Settings) -> Iterator[Violation]:
    """Refuse settings without effect: access to the database must be unambiguous."""
    chosen = settings.phpmyadmin
    for key, given in (("host", chosen.host), ("allow", chosen.allow)):
        if given and not chosen.enabled:
            yield Violation(
                ("phpMyAdmin", key),
                "has no effect: phpMyAdmin is switched off",
                "set phpMyAdmin.enabled to true, or remove it",
            )
    if chosen.enabled and chosen.allow and chosen.host is None:
        yield Violation(
            ("phpMyAdmin", "allow"),
            "has no effect: without a host phpMyAdmin is reachable by port-forward only",
            "add host, or remove it",
        )


def exposed(settings: Settings) -> Iterator[Violation]:
    """Refuse to expose the database to the internet."""
    chosen = settings.phpmyadmin
    if chosen.host is not None and not chosen.allow:
        yield Violation(
            ("phpMyAdmin", "allow"),
            "without allow, anyone could try database passwords",
            "list the networks of those who need it, or remove host and use a port-forward",
        )
    for index, cidr in enumerate(chosen.allow):
        if network(cidr).prefixlen == 0:
            yield Violation(
                ("phpMyAdmin", "allow", index),
                "allows everyone",
                "list the networks of the people who need it",
            )
