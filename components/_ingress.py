"""A way in by Ingress, without annotations: it works with the controller of any class."""

import pulumi
import pulumi_kubernetes as k8s

from components._objects import auto_named
from components._ways import Ingress, Route, WayArgs, every_host, name_of


def ingress(
    edge: str, args: WayArgs, way: Ingress, opts: pulumi.ResourceOptions
) -> k8s.networking.v1.Ingress:
    """Make the Ingress. Pulumi waits until the controller has given it an address."""
    name = name_of(edge, way)
    return k8s.networking.v1.Ingress(
        name,
        metadata={**auto_named("edge", args), "name": name},
        spec=_spec(args, way),
        opts=opts,
    )


def _spec(args: WayArgs, way: Ingress) -> k8s.networking.v1.IngressSpecArgsDict:
    spec: k8s.networking.v1.IngressSpecArgsDict = {
        "ingress_class_name": way["class_name"],
        "rules": [_rule(host, route) for route in args["routes"] for host in route["hosts"]],
    }
    secret = args["tls"]["secret"]
    if secret is not None:
        spec["tls"] = [{"hosts": every_host(args), "secret_name": secret}]
    return spec


def _rule(host: str, route: Route) -> k8s.networking.v1.IngressRuleArgsDict:
    backend: k8s.networking.v1.IngressBackendArgsDict = {
        "service": {"name": route["service"], "port": {"name": "http"}}
    }
    return {
        "host": host,
        "http": {"paths": [{"path": "/", "path_type": "Prefix", "backend": backend}]},
    }
