"""Volumes of pods, the claims of those that stay, and what keeps the data on them."""

from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, named
from stackfile.values import Storage


class Retention(TypedDict):
    """Protection of resources that hold data."""

    protect: bool
    """Whether Pulumi refuses to delete or replace resources that hold data."""
    retain: bool
    """Whether resources that hold data are retained when the stack is destroyed."""


def keep(retention: Retention, child: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Return the options of a resource that holds data."""
    return pulumi.ResourceOptions.merge(
        child,
        pulumi.ResourceOptions(protect=retention["protect"], retain_on_delete=retention["retain"]),
    )


def claim(
    name: str,
    args: ShopArgs,
    storage: Storage,
    opts: pulumi.ResourceOptions,
    access_mode: str = "ReadWriteOnce",
) -> pulumi.Output[str]:
    """Claim a volume that outlives the pods, and return the claim's name.

    It is separate from the workload, not a volumeClaimTemplate, so that it can grow in place.
    """
    spec: k8s.core.v1.PersistentVolumeClaimSpecArgsDict = {
        "access_modes": [access_mode],
        "resources": {"requests": {"storage": storage.size}},
    }
    if storage.storage_class is not None:
        spec["storage_class_name"] = storage.storage_class
    volume = k8s.core.v1.PersistentVolumeClaim(
        name, metadata=named(name, args), spec=spec, opts=opts
    )
    return volume.metadata.name


def mount(name: str, path: str, file: str | None = None) -> k8s.core.v1.VolumeMountArgsDict:
    """Return a read-only mount of a volume, or of one file in it."""
    found: k8s.core.v1.VolumeMountArgsDict = {"name": name, "mount_path": path, "read_only": True}
    if file is not None:
        found["sub_path"] = file
    return found


def scratch_volume(name: str, size: str) -> k8s.core.v1.VolumeArgsDict:
    """Return an emptyDir volume, deleted with the pod."""
    return {"name": name, "empty_dir": {"size_limit": size}}


def config_volume(name: str, config_map: pulumi.Input[str]) -> k8s.core.v1.VolumeArgsDict:
    """Return a volume with the files of a ConfigMap."""
    return {"name": name, "config_map": {"name": config_map, "default_mode": 0o444}}


def secret_volume(name: str, secret: pulumi.Input[str]) -> k8s.core.v1.VolumeArgsDict:
    """Return a volume with the files of a Secret, readable by the pod's group only."""
    return {"name": name, "secret": {"secret_name": secret, "default_mode": 0o440}}


def claim_volume(name: str, claim: pulumi.Input[str]) -> k8s.core.v1.VolumeArgsDict:
    """Return a volume that outlives the pod."""
    return {"name": name, "persistent_volume_claim": {"claim_name": claim}}
