"""Routes to a shop: hosts, where they lead, and who may reach the pods behind them."""

from collections.abc import Sequence
from typing import Any, assert_never

import pulumi

from components.edge.gateway import gateway
from components.edge.ingress import ingress
from components.edge.load_balancer import load_balancer
from components.edge.network_policies import controllers, gateway_policy, has_pods, visitors
from components.edge.routes import RouteArgs
from components.kit.metadata import selector
from components.kit.network_policies import from_peers, policy
from shop.constants import HTTP_PORT, HTTPS_PORT
from stackfile.routes import GatewayRoute, IngressRoute, LoadBalancerRoute, NoRoute, Route


class EdgeArgs(RouteArgs):
    """Arguments of the edge; the first host of a backend is its address."""

    route: Route
    """How visitors reach the shop."""
    moving_from: Route | None
    """How they reached it before, while some of them still do."""
    admin_path: str
    """Front name of the admin area."""


class Edge(pulumi.ComponentResource):
    """One route, or two during a move; only those who serve it reach the pods."""

    shop_url: pulumi.Output[str]
    """Address of the shop."""
    admin_url: pulumi.Output[str]
    """Address of the admin area."""
    address: pulumi.Output[str | None]
    """What the hosts' DNS records must say; None where the route has no address of its own."""

    def __init__(
        self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the route, keep the former one, and open the pods to those who serve them."""
        super().__init__("openmage:index:Edge", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        former = args["moving_from"]
        made, self.address = _open(name, args, args["route"], child)
        if former is not None:
            made += _open(name, args, former, child)[0]
        _policies(name, args, [args["route"], *([former] if former else [])], child)
        # The URLs are only valid once the routes have been accepted.
        ready = pulumi.Output.all(*(resource.urn for resource in made))
        scheme = "https" if args["tls"]["secure"] else "http"
        hosts = {backend["name"]: backend["hosts"][0] for backend in args["backends"]}
        self.shop_url = ready.apply(lambda _: f"{scheme}://{hosts['shop']}/")
        self.admin_url = ready.apply(lambda _: f"{scheme}://{hosts['admin']}/{args['admin_path']}/")
        self.register_outputs(
            {"shop_url": self.shop_url, "admin_url": self.admin_url, "address": self.address}
        )


def _open(
    name: str, args: EdgeArgs, route: Route, opts: pulumi.ResourceOptions
) -> tuple[list[pulumi.Resource], pulumi.Output[str | None]]:
    """Make one route; return its objects, and the address that it got."""
    nowhere: pulumi.Output[str | None] = pulumi.Output.from_input(None)
    match route:
        case IngressRoute():
            made = ingress(name, args, route, opts)
            return [made], made.status.apply(_address)
        case LoadBalancerRoute():
            service = load_balancer(name, args, route, opts)
            return [service], service.status.apply(_address)
        case GatewayRoute():
            return gateway(name, args, route, opts), nowhere
        case NoRoute():
            return [], nowhere
        case _:
            assert_never(route)


def _address(status: Any) -> str | None:
    balancer = status.load_balancer if status else None
    first = balancer.ingress[0] if balancer and balancer.ingress else None
    return (first.hostname or first.ip) if first else None


def _policies(
    name: str, args: EdgeArgs, routes: Sequence[Route], opts: pulumi.ResourceOptions
) -> None:
    workloads = [backend["workload"] for backend in args["backends"]]
    if peers := controllers(name, routes):
        for workload in workloads:
            ingress = [from_peers(peers, HTTP_PORT)]
            policy(f"{name}-{workload}", args, selector(workload), opts, ingress=ingress)
    for route in routes:
        if has_pods(route):
            gateway_policy(name, args, route, workloads, opts)
    terminator = args["terminator"]
    if terminator is not None:
        peers = [peer for route in routes for peer in visitors(name, route)]
        ingress = [from_peers(peers, HTTP_PORT, HTTPS_PORT)]
        policy(f"{name}-terminator", args, selector(terminator), opts, ingress=ingress)
