"""The ways into a shop, as its components are told them."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

import pulumi

from components._objects import ShopArgs


class Ingress(TypedDict):
    """An Ingress of any class."""

    kind: Literal["ingress"]
    class_name: str
    """IngressClass of the controller."""
    controller_namespace: str
    """Namespace of the controller's pods."""


class OwnGateway(TypedDict):
    """A Gateway of the shop's own."""

    mode: Literal["own"]
    class_name: str
    """GatewayClass."""
    http_port: int
    https_port: int
    annotations: Mapping[str, str]
    """Annotations for what the controller makes of it."""


class SharedGateway(TypedDict):
    """A Gateway of somebody else, which takes listeners of the shop's own."""

    mode: Literal["listener-set"]
    name: str
    namespace: str
    http_port: int
    https_port: int


class ExistingListeners(TypedDict):
    """Listeners of somebody else, with the certificates that they have."""

    mode: Literal["existing"]
    name: str
    """Name of the Gateway."""
    namespace: str
    http_section: str | None
    """Listener for http; None if there is none."""
    https_section: str | None
    """Listener for https; None where TLS ends before."""


class Gateway(TypedDict):
    """HTTPRoutes of the Gateway API."""

    kind: Literal["gateway"]
    parent: OwnGateway | SharedGateway | ExistingListeners
    controller_namespace: str
    """Namespace of the Gateway's pods; those of a Gateway of the shop's own may be in the shop's
    namespace as well."""
    timeouts: bool
    """Whether routes say how long a request may take."""


class LoadBalancer(TypedDict):
    """A Service of type LoadBalancer in front of pods that end TLS."""

    kind: Literal["load-balancer"]
    class_name: str | None
    """Class of the load balancer; None for the cluster's own."""
    annotations: Mapping[str, str]
    source_ranges: Sequence[str]
    """Networks that may reach it; empty for everybody."""


class Elsewhere(TypedDict):
    """A way in that somebody else makes."""

    kind: Literal["none"]
    controller_namespace: str
    """Namespace of the pods that come to the shop's Services."""


Way = Ingress | Gateway | LoadBalancer | Elsewhere


class Route(TypedDict):
    """Hosts, and where they lead."""

    name: str
    """What it is: `shop` or `admin`."""
    hosts: Sequence[str]
    """Names that visitors use, the first one being the address."""
    service: pulumi.Input[str]
    """Service that answers them, on its port named http."""
    workload: str
    """Pods behind the Service."""
    seconds: int
    """How long a request may take."""


class Terminator(TypedDict):
    """Pods of the shop's own that end TLS, for all hosts."""

    workload: str
    http_port: int
    """Port that sends visitors to https."""
    https_port: int
    """Port that ends TLS."""


class Tls(TypedDict):
    """How visitors come."""

    secure: bool
    """Whether they come by https, wherever it ends."""
    secret: pulumi.Input[str] | None
    """Secret with the certificate; None where TLS ends elsewhere, or not at all."""
    issued_later: bool
    """Whether the certificate may be issued only when the way in is there."""


class WayArgs(ShopArgs):
    """What every way in is told."""

    routes: Sequence[Route]
    """Where controllers lead visitors."""
    terminator: Terminator | None
    """Where a load balancer does, or somebody else who does not end TLS."""
    tls: Tls


def every_host(args: WayArgs) -> list[str]:
    """Return all hosts, in the order of the routes."""
    return [host for route in args["routes"] for host in route["hosts"]]


def name_of(edge: str, way: Way) -> str:
    """Return what the objects of a way in are called.

    The name says what it is, not whether it is the present one or the former: in a move nothing
    that serves is touched.
    """
    if way["kind"] == "ingress":
        return f"{edge}-{way['class_name']}"
    if way["kind"] != "gateway":
        return f"{edge}-{way['kind']}"
    parent = way["parent"]
    if parent["mode"] == "own":
        return f"{edge}-{parent['class_name']}"
    role = "set" if parent["mode"] == "listener-set" else "on"
    return f"{edge}-{role}-{parent['namespace']}-{parent['name']}"
