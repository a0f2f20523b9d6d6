"""A way in by a Service of type LoadBalancer, to pods that end TLS themselves."""

import pulumi
import pulumi_kubernetes as k8s

from components._objects import auto_named, selector
from components._ways import LoadBalancer, Terminator, WayArgs, name_of


def load_balancer(
    edge: str, args: WayArgs, way: LoadBalancer, opts: pulumi.ResourceOptions
) -> k8s.core.v1.Service:
    """Make the Service. Pulumi waits until it has an address and a pod behind it."""
    terminator = args["terminator"]
    if terminator is None:
        message = "a load balancer leads to pods that end TLS, and there are none"
        raise ValueError(message)
    name = name_of(edge, way)
    metadata: k8s.meta.v1.ObjectMetaArgsDict = {**auto_named("edge", args), "name": name}
    if way["annotations"]:
        metadata["annotations"] = way["annotations"]
    return k8s.core.v1.Service(name, metadata=metadata, spec=_spec(way, terminator), opts=opts)


def _spec(way: LoadBalancer, terminator: Terminator) -> k8s.core.v1.ServiceSpecArgsDict:
    spec: k8s.core.v1.ServiceSpecArgsDict = {
        "type": "LoadBalancer",
        "selector": selector(terminator["workload"]),
        # Only so do the pods see the client's address, and not that of a node.
        "external_traffic_policy": "Local",
        "ports": [
            {"name": "http", "port": 80, "target_port": terminator["http_port"]},
            {"name": "https", "port": 443, "target_port": terminator["https_port"]},
        ],
    }
    if way["class_name"] is not None:
        spec["load_balancer_class"] = way["class_name"]
    if way["source_ranges"]:
        spec["load_balancer_source_ranges"] = way["source_ranges"]
    return spec
