"""Rules about the namespace that the shop has for itself."""

from collections.abc import Iterator

from settings.database import GaleraDatabase, ReplicatedDatabase
from settings.model import Settings
from settings.rules.edge import ways
from stackfile.report import Path, Violation
from stackfile.routes import GatewayRoute, LoadBalancerRoute, OwnGateway


def neighbours(settings: Settings) -> Iterator[Violation]:
    """Refuse a namespace of somebody else: the shop would close it to everybody."""
    for path, namespace in _theirs(settings):
        if namespace == settings.namespace_name:
            yield Violation(
                path,
                "is the shop's own namespace, where nobody else's pods can work",
                "name the namespace of those pods, or set namespace to one of the shop's own",
            )


def _theirs(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield the namespaces of others, with their places."""
    for path, way in ways(settings):
        if not isinstance(way, LoadBalancerRoute):
            yield (*path, "controllerNamespace"), way.controller_namespace
        if isinstance(way, GatewayRoute) and not isinstance(way.parent, OwnGateway):
            yield (*path, "parent", "namespace"), way.parent.namespace
    if isinstance(settings.database, ReplicatedDatabase | GaleraDatabase):
        yield ("database", "operatorNamespace"), settings.database.operator_namespace
