"""Defaults of all pods: Pod Security `restricted`, read-only root, no service account token."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_kubernetes as k8s
from pydantic.alias_generators import to_camel

from components.kit.metadata import selector
from stackfile.values import Placement, Toleration

WEB_USER = 10001
"""User and group of nginx and PHP. Above 10000, to avoid the users of the node."""

DATABASE_USER = 10002
"""User and group of MariaDB."""

VALKEY_USER = 10003
"""User and group of Valkey."""

SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"
_LOST_NODE_SECONDS = 30
"""A node counts as lost about 50 s after its last sign of life: a short break moves nothing."""


class PodArgs(TypedDict):
    """Arguments of every pod of a shop."""

    service_account: pulumi.Input[str]
    """ServiceAccount of the pods, without permissions and without a token."""
    pull_secrets: Sequence[str]
    """Secrets with registry credentials."""


def pod_security(user: int) -> k8s.core.v1.PodSecurityContextArgsDict:
    """Return the security context of every pod; `user` is also the group of its files."""
    return {
        "run_as_non_root": True,
        "run_as_user": user,
        "run_as_group": user,
        "fs_group": user,
        # A media volume has many files: change their group only if the root's is wrong.
        "fs_group_change_policy": "OnRootMismatch",
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def pod_template(
    labels: Mapping[str, str], spec: k8s.core.v1.PodSpecArgsDict, *, interruptible: bool
) -> k8s.core.v1.PodTemplateSpecArgsDict:
    """Return a pod template that says whether autoscalers may empty its node.

    Karpenter and cluster-autoscaler remove nodes that are little used. Evicting the only database,
    a release or a cron run is an outage; all other pods would block scale-down for good, because of
    their emptyDirs, without this.
    """
    annotations = {SAFE_TO_EVICT: "true" if interruptible else "false"}
    if not interruptible:
        annotations["karpenter.sh/do-not-disrupt"] = "true"
    return {"metadata": {"labels": labels, "annotations": annotations}, "spec": spec}


def restricted_pod(args: PodArgs, user: int, placement: Placement) -> k8s.core.v1.PodSpecArgsDict:
    """Return the fields that all pods share; the caller adds containers and volumes."""
    return {
        **placed(placement),
        "tolerations": [*map(_toleration, placement.tolerations), *_lost_node()],
        "automount_service_account_token": False,
        # With Kubernetes' 5, a name such as api.example.com is first asked for in four domains of
        # the cluster. Names of Services in this or another namespace have no second dot.
        "dns_config": {"options": [{"name": "ndots", "value": "2"}]},
        "enable_service_links": False,
        "image_pull_secrets": [{"name": name} for name in args["pull_secrets"]],
        "service_account_name": args["service_account"],
        "security_context": pod_security(user),
    }


def _lost_node() -> list[k8s.core.v1.TolerationArgsDict]:
    """Return how long pods stay bound to a node that is gone: Kubernetes' default is 5 minutes."""
    return [
        {
            "key": f"node.kubernetes.io/{state}",
            "operator": "Exists",
            "effect": "NoExecute",
            "toleration_seconds": _LOST_NODE_SECONDS,
        }
        for state in ("not-ready", "unreachable")
    ]


def placed(placement: Placement) -> k8s.core.v1.PodSpecArgsDict:
    """Return on which nodes pods may run, and their priority; nothing where any node may."""
    spec: k8s.core.v1.PodSpecArgsDict = {"containers": []}
    if placement.node_selector:
        spec["node_selector"] = placement.node_selector
    if placement.tolerations:
        spec["tolerations"] = [*map(_toleration, placement.tolerations)]
    if placement.priority_class is not None:
        spec["priority_class_name"] = placement.priority_class
    return spec


def _toleration(given: Toleration) -> k8s.core.v1.TolerationArgsDict:
    found: k8s.core.v1.TolerationArgsDict = {"key": given.key, "operator": "Exists"}
    if given.value is not None:
        found |= {"operator": "Equal", "value": given.value}
    if given.effect is not None:
        found["effect"] = given.effect
    return found


def as_custom(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part of a pod or container under the camelCase keys that custom resources have.

    It is a flat one; its containers, which every custom resource describes in its own way, go.
    """
    return {to_camel(key): value for key, value in part.items() if key != "containers"}


def spread(name: str) -> k8s.core.v1.PodSpecArgsDict:
    """Spread a workload's pods across zones and nodes, if the cluster has several."""
    topologies = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    return {
        "containers": [],
        "affinity": {
            "pod_anti_affinity": {
                "preferred_during_scheduling_ignored_during_execution": [
                    {
                        "weight": 100,
                        "pod_affinity_term": {
                            "topology_key": "kubernetes.io/hostname",
                            "label_selector": {"match_labels": selector(name)},
                        },
                    }
                ]
            }
        },
        "topology_spread_constraints": [
            {
                "max_skew": 1,
                "topology_key": topology,
                "when_unsatisfiable": "ScheduleAnyway",
                "label_selector": {"match_labels": selector(name)},
                # During a rollout old pods do not count.
                "match_label_keys": ["pod-template-hash"],
            }
            for topology in topologies
        ],
    }


def match(labels: Mapping[str, str]) -> k8s.meta.v1.LabelSelectorArgsDict:
    """Return a selector for pods with these labels."""
    return {"match_labels": labels}
