"""A route by a Service of type LoadBalancer, to pods that terminate TLS themselves."""

import pulumi
import pulumi_kubernetes as k8s

from components.edge.routes import RouteArgs, route_name
from components.kit.metadata import auto_named, selector
from shop.constants import HTTP_PORT, HTTPS_PORT
from stackfile.routes import LoadBalancerRoute


def load_balancer(
    edge: str, args: RouteArgs, route: LoadBalancerRoute, opts: pulumi.ResourceOptions
) -> k8s.core.v1.Service:
    """Create the Service. Pulumi waits until it has an address and a ready pod."""
    terminator = args["terminator"]
    if terminator is None:
        message = "a load balancer needs pods that terminate TLS, and there are none"
        raise ValueError(message)
    name = route_name(edge, route)
    metadata: k8s.meta.v1.ObjectMetaArgsDict = {**auto_named("edge", args), "name": name}
    if route.annotations:
        metadata["annotations"] = route.annotations
    return k8s.core.v1.Service(name, metadata=metadata, spec=_spec(route, terminator), opts=opts)


def _spec(route: LoadBalancerRoute, terminator: str) -> k8s.core.v1.ServiceSpecArgsDict:
    spec: k8s.core.v1.ServiceSpecArgsDict = {
        "type": "LoadBalancer",
        "selector": selector(terminator),
        # Otherwise the pods would see a node's address instead of the client's.
        "external_traffic_policy": "Local",
        "ports": [
            {"name": "http", "port": 80, "target_port": HTTP_PORT},
            {"name": "https", "port": 443, "target_port": HTTPS_PORT},
        ],
    }
    if route.class_name is not None:
        spec["load_balancer_class"] = route.class_name
    if route.source_ranges:
        spec["load_balancer_source_ranges"] = route.source_ranges
    return spec
