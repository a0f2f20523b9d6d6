"""A route by Ingress, without annotations: it works with the controller of any class."""

import pulumi
import pulumi_kubernetes as k8s

from components.edge.routes import Backend, RouteArgs, every_host, route_name
from components.kit.metadata import auto_named
from stackfile.routes import IngressRoute


def ingress(
    edge: str, args: RouteArgs, route: IngressRoute, opts: pulumi.ResourceOptions
) -> k8s.networking.v1.Ingress:
    """Create the Ingress. Pulumi waits until the controller has assigned an address."""
    name = route_name(edge, route)
    return k8s.networking.v1.Ingress(
        name,
        metadata={**auto_named("edge", args), "name": name},
        spec=_spec(args, route),
        opts=opts,
    )


def _spec(args: RouteArgs, route: IngressRoute) -> k8s.networking.v1.IngressSpecArgsDict:
    spec: k8s.networking.v1.IngressSpecArgsDict = {
        "ingress_class_name": route.class_name,
        "rules": [
            _rule(host, backend) for backend in args["backends"] for host in backend["hosts"]
        ],
    }
    secret = args["tls"]["secret"]
    if secret is not None:
        spec["tls"] = [{"hosts": every_host(args), "secret_name": secret}]
    return spec


def _rule(host: str, backend: Backend) -> k8s.networking.v1.IngressRuleArgsDict:
    service: k8s.networking.v1.IngressBackendArgsDict = {
        "service": {"name": backend["service"], "port": {"name": "http"}}
    }
    return {
        "host": host,
        "http": {"paths": [{"path": "/", "path_type": "Prefix", "backend": service}]},
    }
