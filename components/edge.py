"""The way in: hosts, where they lead, and who may reach the pods behind them."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components._doors import Peer, controllers, gateway_policy, has_pods, let_in, networks
from components._gateway import gateway
from components._ingress import ingress
from components._load_balancer import load_balancer
from components._objects import selector
from components._ways import Way, WayArgs
from components._web_pod import HTTP_PORT


class EdgeArgs(WayArgs):
    """What the edge is told; the first host of a route is its address."""

    way: Way
    """How visitors come in."""
    former: Way | None
    """How they came in before, while some of them still do."""
    admin_path: str
    """Front name of the admin area."""


class Edge(pulumi.ComponentResource):
    """One way in, or two during a move; only those who serve it reach the pods."""

    shop_url: pulumi.Output[str]
    """Address of the shop."""
    admin_url: pulumi.Output[str]
    """Address of the admin area."""
    address: pulumi.Output[str | None]
    """What the hosts' DNS records must say; None where only others know."""

    def __init__(
        self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the way in, keep the former one, and open the pods to those who serve them."""
        super().__init__("openmage:index:Edge", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        former = args["former"]
        made, self.address = _open(name, args, args["way"], child)
        if former is not None:
            made += _open(name, args, former, child)[0]
        _policies(name, args, [args["way"], *([former] if former else [])], child)
        # The addresses are good once whatever leads there has been accepted.
        ready = pulumi.Output.all(*(resource.urn for resource in made))
        scheme = "https" if args["tls"]["secure"] else "http"
        hosts = {route["name"]: route["hosts"][0] for route in args["routes"]}
        self.shop_url = ready.apply(lambda _: f"{scheme}://{hosts['shop']}/")
        self.admin_url = ready.apply(lambda _: f"{scheme}://{hosts['admin']}/{args['admin_path']}/")
        self.register_outputs(
            {"shop_url": self.shop_url, "admin_url": self.admin_url, "address": self.address}
        )


def _open(
    name: str, args: EdgeArgs, way: Way, opts: pulumi.ResourceOptions
) -> tuple[list[pulumi.Resource], pulumi.Output[str | None]]:
    """Make one way in; return its objects, and the address that it got."""
    if way["kind"] == "ingress":
        made = ingress(name, args, way, opts)
        return [made], made.status.apply(_address)
    if way["kind"] == "load-balancer":
        service = load_balancer(name, args, way, opts)
        return [service], service.status.apply(_address)
    nowhere: pulumi.Output[str | None] = pulumi.Output.from_input(None)
    if way["kind"] == "gateway":
        return gateway(name, args, way, opts), nowhere
    return [], nowhere


def _address(status: Any) -> str | None:
    balancer = status.load_balancer if status else None
    first = balancer.ingress[0] if balancer and balancer.ingress else None
    return (first.hostname or first.ip) if first else None


def _policies(name: str, args: EdgeArgs, ways: Sequence[Way], opts: pulumi.ResourceOptions) -> None:
    workloads = [route["workload"] for route in args["routes"]]
    if peers := controllers(name, ways):
        for workload in workloads:
            pods = selector(workload)
            let_in(f"{name}-{workload}", args, peers, pods=pods, ports=[HTTP_PORT], opts=opts)
    for way in ways:
        if has_pods(way):
            gateway_policy(name, args, way, workloads, opts)
    terminator = args["terminator"]
    if terminator is not None:
        let_in(
            f"{name}-terminator",
            args,
            [peer for way in ways for peer in _visitors(name, way)],
            pods=selector(terminator["workload"]),
            ports=[terminator["http_port"], terminator["https_port"]],
            opts=opts,
        )


def _visitors(name: str, way: Way) -> Sequence[Peer]:
    """Return those of one way in who come to the terminator."""
    if way["kind"] == "load-balancer":
        return networks(way["source_ranges"])
    return controllers(name, [way]) if way["kind"] == "none" else []
