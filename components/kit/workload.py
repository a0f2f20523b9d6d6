"""Workloads behind a Service: replicas that share the load, or the one pod of a store."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, labels, named, selector
from components.kit.network_policies import PHP_PODS, allow
from components.kit.pods import match, pod_template

Ports = Sequence[k8s.core.v1.ServicePortArgsDict]


def deployment(  # noqa: PLR0913 (each is a part of the workload)
    name: str,
    args: ShopArgs,
    pod: k8s.core.v1.PodTemplateSpecArgsDict,
    ports: Ports,
    opts: pulumi.ResourceOptions,
    *,
    replicas: int | None,
    min_ready_seconds: int | None = 5,
    depends_on: Sequence[pulumi.Resource] = (),
) -> tuple[k8s.apps.v1.Deployment, k8s.core.v1.Service]:
    """Run pods behind a Service of the same name: a new one is ready before an old one goes.

    `replicas` is None under an autoscaler. A new pod counts once it has been ready for
    `min_ready_seconds`; None counts it at once.
    """
    spec: k8s.apps.v1.DeploymentSpecArgsDict = {
        "selector": match(selector(name)),
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {"max_surge": 1, "max_unavailable": 0},
        },
        "progress_deadline_seconds": 300,
        "revision_history_limit": 3,
        "template": pod,
    }
    if replicas is not None:
        spec["replicas"] = replicas
    if min_ready_seconds is not None:
        spec["min_ready_seconds"] = min_ready_seconds
    pods = k8s.apps.v1.Deployment(
        name, metadata=named(name, args), spec=spec, opts=after(depends_on, opts)
    )
    service = k8s.core.v1.Service(
        name,
        metadata=named(name, args),
        spec={"type": "ClusterIP", "selector": selector(name), "ports": ports},
        # Pulumi waits for a Service's first endpoint, so create the pods first.
        opts=after([pods], opts),
    )
    _disruption_budget(name, args, opts)
    return pods, service


def single_pod_store(  # noqa: PLR0913, PLR0917 (each is a part of the store)
    name: str,
    args: ShopArgs,
    port: int,
    pod: k8s.core.v1.PodSpecArgsDict,
    opts: pulumi.ResourceOptions,
    clients: Mapping[str, str] = PHP_PODS,
    *,
    lasting: bool = True,
) -> pulumi.Output[str]:
    """Run one pod under a fixed name and return the host that leads its clients to it.

    Clients are the pods with the shop's code, and of MariaDB phpMyAdmin as well. A store is
    `lasting` if its data is on a volume: then two pods must never run at once, not even when a node
    no longer answers. Any other is replaced on another node.
    """
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
    template = pod_template(labels(name, args), pod, interruptible=not lasting)
    metadata, chosen = named(name, args), match(selector(name))
    if lasting:
        k8s.apps.v1.StatefulSet(
            name,
            metadata=metadata,
            spec={
                "replicas": 1,
                "service_name": service.metadata.name,
                "selector": chosen,
                "template": template,
            },
            opts=opts,
        )
    else:
        k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec={
                "replicas": 1,
                # Two at once would each have a part of the entries.
                "strategy": {"type": "Recreate"},
                "selector": chosen,
                "template": template,
            },
            opts=opts,
        )
    _disruption_budget(name, args, opts)
    allow(name, args, port, opts, pods=selector(name), clients=clients)
    return service.metadata.name


def after(
    resources: Sequence[pulumi.Resource], opts: pulumi.ResourceOptions
) -> pulumi.ResourceOptions:
    """Return the options of a resource that is made once others are there."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=resources))


def _disruption_budget(name: str, args: ShopArgs, opts: pulumi.ResourceOptions) -> None:
    """Let a drain evict one pod at a time, even a single one, so that nodes can be drained."""
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
