"""A store of one pod: MariaDB or Valkey behind a name, reached by its clients only.

These are the pods with the shop's code, and for MariaDB phpMyAdmin as well.
"""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, labels, named, selector
from components.kit.network_policies import PHP_PODS, allow
from components.kit.pods import match


def single_pod_store(  # noqa: PLR0913, PLR0917 (each is a part of the store)
    name: str,
    args: ShopArgs,
    port: int,
    pod: k8s.core.v1.PodSpecArgsDict,
    opts: pulumi.ResourceOptions,
    clients: Mapping[str, str] = PHP_PODS,
) -> pulumi.Output[str]:
    """Run one pod under a fixed name and return the host that leads its clients to it."""
    service = k8s.core.v1.Service(
        name,
        metadata=named(name, args),
        spec={
            "cluster_ip": "None",
            "selector": selector(name),
            "ports": [{"name": "store", "port": port, "target_port": port}],
        },
        opts=opts,
    )
    k8s.apps.v1.StatefulSet(
        name,
        metadata=named(name, args),
        spec={
            "replicas": 1,
            "service_name": service.metadata.name,
            "selector": match(selector(name)),
            "template": {"metadata": {"labels": labels(name, args)}, "spec": pod},
        },
        opts=opts,
    )
    disruption_budget(name, args, opts)
    allow(name, args, port, opts, pods=selector(name), clients=clients)
    return service.metadata.name


def disruption_budget(name: str, args: ShopArgs, opts: pulumi.ResourceOptions) -> None:
    """Let a drain take one pod at a time; a single pod too, or no node could ever be drained."""
    k8s.policy.v1.PodDisruptionBudget(
        name,
        metadata=named(name, args),
        spec={
            "selector": match(selector(name)),
            "max_unavailable": 1,
            "unhealthy_pod_eviction_policy": "AlwaysAllow",
        },
        opts=opts,
    )
