"""What a shop needs of its cluster, by its settings."""

from collections.abc import Iterator
from typing import NamedTuple

from settings import Settings
from settings.certificate import LetsEncryptTls, NamedIssuer
from settings.database import GaleraDatabase, NodeLocalDatabase, ReplicatedDatabase
from stackfile.report import Path
from stackfile.routes import GatewayRoute, IngressRoute, ListenerSet, OwnGateway
from stackfile.section import Section
from stackfile.values import Autoscaling, Placement, Storage

GATEWAY = "gateway.networking.k8s.io/v1"
CERTIFICATES = "cert-manager.io/v1"
DATABASES = "k8s.mariadb.com/v1alpha1"
METRICS = "metrics.k8s.io/v1beta1"


class Api(NamedTuple):
    """An API that the cluster must serve."""

    path: Path
    """Setting that asks for it."""
    version: str
    """Group and version."""
    part: str
    """Part of the platform that brings it."""
    kind: str | None = None
    """A kind that not every release of the API has."""
    required: bool = True
    """Whether the shop cannot be without."""


class Named(NamedTuple):
    """An object that the settings name."""

    path: Path
    kind: str
    where: str
    """Where the API server lists its like."""
    name: str | None
    """None asks for the one that the cluster has made the default."""
    namespace: str | None = None
    part: str | None = None
    """Setting of the platform that makes one; None where that is left to the cluster."""


def apis(settings: Settings) -> Iterator[Api]:
    """Yield the APIs that this shop makes objects of."""
    for path, route in _routes(settings):
        if isinstance(route, GatewayRoute):
            yield Api((*path, "kind"), GATEWAY, "gateway")
            if isinstance(route.parent, ListenerSet):
                yield Api((*path, "parent", "mode"), GATEWAY, "gateway", "ListenerSet")
    if isinstance(settings.edge.tls, LetsEncryptTls):
        yield Api(("edge", "tls", "mode"), CERTIFICATES, "certManager")
    if isinstance(settings.database, ReplicatedDatabase | GaleraDatabase):
        yield Api(("database", "mode"), DATABASES, "databaseOperator")
    for path, section in _sections(settings, ()):
        if isinstance(section, Autoscaling) and section.max_replicas > section.min_replicas:
            # Without it the shop is up all the same, with as many pods as at rest.
            yield Api((*path, "maxReplicas"), METRICS, "metricsServer", required=False)


def objects(settings: Settings) -> Iterator[Named]:
    """Yield the objects of the cluster that must be there already."""
    for path, route in _routes(settings):
        if isinstance(route, IngressRoute):
            where = "/apis/networking.k8s.io/v1/ingressclasses"
            name = route.class_name
            yield Named((*path, "className"), "IngressClass", where, name, part="gateway")
        elif isinstance(route, GatewayRoute):
            yield _parent((*path, "parent"), route)
    tls = settings.edge.tls
    if isinstance(tls, LetsEncryptTls) and isinstance(tls.issuer, NamedIssuer):
        where = f"/apis/{CERTIFICATES}/clusterissuers"
        if tls.issuer.kind == "ClusterIssuer":
            path, part = ("edge", "tls", "issuer", "name"), "certManager.issuers"
            yield Named(path, "ClusterIssuer", where, tls.issuer.name, part=part)
    for path, section in _sections(settings, ()):
        if isinstance(section, Storage):
            where = "/apis/storage.k8s.io/v1/storageclasses"
            yield Named((*path, "storageClass"), "StorageClass", where, section.storage_class)
        elif isinstance(section, Placement) and section.priority_class is not None:
            where = "/apis/scheduling.k8s.io/v1/priorityclasses"
            yield Named((*path, "priorityClass"), "PriorityClass", where, section.priority_class)


def _parent(path: Path, route: GatewayRoute) -> Named:
    parent = route.parent
    if isinstance(parent, OwnGateway):
        where = f"/apis/{GATEWAY}/gatewayclasses"
        name = parent.class_name
        return Named((*path, "className"), "GatewayClass", where, name, part="gateway")
    where = f"/apis/{GATEWAY}/namespaces/{parent.namespace}/gateways"
    return Named((*path, "name"), "Gateway", where, parent.name, parent.namespace, "gateway.shared")


def _routes(settings: Settings) -> Iterator[tuple[Path, Section]]:
    yield ("edge",), settings.edge
    if settings.edge.moving_from is not None:
        yield ("edge", "movingFrom"), settings.edge.moving_from


def _sections(section: Section, path: Path) -> Iterator[tuple[Path, Section]]:
    """Yield all sections below one; a node's own disk has no storage class."""
    for name, field in type(section).model_fields.items():
        below: object = getattr(section, name)
        if not isinstance(below, Section):
            continue
        place = (*path, str(field.alias))
        if not (isinstance(section, NodeLocalDatabase) and isinstance(below, Storage)):
            yield place, below
        yield from _sections(below, place)
