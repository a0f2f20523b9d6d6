"""Rules about the shop's namespace."""

from collections.abc import Iterator

from settings.model import Settings
from settings.needs import foreign_namespaces
from stackfile.report import Violation


def names(settings: Settings) -> Iterator[Violation]:
    """Refuse a shop without access to any DNS: it would not find its own database."""
    dns = settings.network.dns
    if not (dns.peers or dns.cidrs):
        yield Violation(
            ("network", "dns"),
            "opens no DNS at all, so that no pod finds another",
            "name the pods (peers) or the addresses (cidrs) of the cluster's DNS",
        )


def neighbours(settings: Settings) -> Iterator[Violation]:
    """Refuse a namespace used by others: the shop denies all traffic in its namespace."""
    for path, namespace in foreign_namespaces(settings):
        if namespace == settings.namespace_name:
            yield Violation(
                path,
                "is the shop's own namespace, whose network policies deny other pods all traffic",
                "name the namespace of those pods, or give the shop another namespace",
            )
