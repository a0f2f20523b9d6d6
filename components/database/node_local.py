"""A volume that is a directory of one node: no driver makes it, and nothing moves it."""

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, labels, named

_ACCESS = "ReadWriteOnce"


def node_claim(
    name: str, args: ShopArgs, place: tuple[str, str], size: str, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Claim a (node, path), and return the claim's name.

    The volume and the claim name each other, so that no other claim takes the volume. The volume
    binds the pod to its node as well: the scheduler knows where it is.
    """
    node, path = place
    volume = k8s.core.v1.PersistentVolume(
        f"{name}-volume",
        metadata={
            # Volumes belong to the cluster: another shop has a database too.
            "name": pulumi.Output.concat(args["namespace"], "-", name),
            "labels": labels(name, args),
        },
        spec={
            "access_modes": [_ACCESS],
            "capacity": {"storage": size},
            "claim_ref": {"namespace": args["namespace"], "name": name},
            "local": {"path": path},
            "node_affinity": _only_on(node),
            "persistent_volume_reclaim_policy": "Retain",
            "storage_class_name": "",
            "volume_mode": "Filesystem",
        },
        opts=opts,
    )
    claim = k8s.core.v1.PersistentVolumeClaim(
        name,
        metadata=named(name, args),
        spec={
            "access_modes": [_ACCESS],
            "resources": {"requests": {"storage": size}},
            # Empty, not absent: the cluster's default class must not make a volume.
            "storage_class_name": "",
            "volume_name": volume.metadata.name,
        },
        opts=opts,
    )
    return claim.metadata.name


def _only_on(node: str) -> k8s.core.v1.VolumeNodeAffinityArgsDict:
    return {
        "required": {
            "node_selector_terms": [
                {
                    "match_expressions": [
                        {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
                    ]
                }
            ]
        }
    }
