"""Metadata of every Kubernetes object of a shop: namespace and labels."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

ObjectMeta = k8s.meta.v1.ObjectMetaArgsDict


class ShopArgs(TypedDict):
    """Arguments of every component of a shop."""

    namespace: pulumi.Input[str]
    """Namespace of the shop."""
    labels: Mapping[str, str]
    """Labels with the shop's owner. They may change, so selectors never contain them."""


def selector(name: str) -> dict[str, str]:
    """Return the labels that select a workload's pods; selectors are immutable."""
    return {"app.kubernetes.io/name": "openmage", "app.kubernetes.io/instance": name}


def labels(name: str, args: ShopArgs) -> dict[str, str]:
    """Return all labels of an object that belongs to the named workload."""
    return {
        **args["labels"],
        **selector(name),
        "app.kubernetes.io/part-of": "openmage",
        "app.kubernetes.io/managed-by": "pulumi",
    }


def auto_named(name: str, args: ShopArgs) -> ObjectMeta:
    """Metadata of objects that pods mount: a change creates a new object and rolls the pods."""
    return {"namespace": args["namespace"], "labels": labels(name, args)}


def named(name: str, args: ShopArgs, annotations: Mapping[str, str] | None = None) -> ObjectMeta:
    """Metadata of objects with fixed names: workloads, Services, claims."""
    metadata: ObjectMeta = {**auto_named(name, args), "name": name}
    if annotations:
        metadata["annotations"] = annotations
    return metadata
