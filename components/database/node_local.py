"""A statically provisioned volume: a directory on one node."""

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, labels, named
from stackfile.databases import NodeLocalMariaDb

_ACCESS = "ReadWriteOnce"


def node_claim(
    name: str, args: ShopArgs, server: NodeLocalMariaDb, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Claim a directory of the server's node, and return the claim's name.

    Volume and claim refer to each other, so that no other claim binds the volume. The volume
    also ties the pod to its node, through the scheduler.
    """
    volume = k8s.core.v1.PersistentVolume(
        f"{name}-volume",
        metadata={
            # PersistentVolumes are cluster-scoped, so the name contains the namespace.
            "name": pulumi.Output.concat(args["namespace"], "-", name),
            "labels": labels(name, args),
        },
        spec={
            "access_modes": [_ACCESS],
            "capacity": {"storage": server.storage.size},
            "claim_ref": {"namespace": args["namespace"], "name": name},
            "local": {"path": server.path},
            "node_affinity": _only_on(server.node),
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
            "resources": {"requests": {"storage": server.storage.size}},
            # Empty, not absent: the default storage class must not provision a volume.
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
