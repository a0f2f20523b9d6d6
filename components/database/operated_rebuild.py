"""Rebuilding a replica that has lost its data or its position from a copy of another server."""

import pulumi
import pulumi_kubernetes as k8s

from components.database.operated_access import API
from components.database.operated_pod import Spec
from components.database.own import OwnDatabaseArgs
from components.kit.containers import container_resources, container_security
from components.kit.metadata import named
from components.kit.network_policies import DATABASE_CLIENTS
from components.kit.pods import DATABASE_USER, as_custom, placed, pod_security
from components.kit.volumes import claim
from stackfile.databases import ReplicatedMariaDb
from stackfile.values import SharedVolume, Storage


def rebuild_source(
    name: str,
    args: OwnDatabaseArgs,
    server: ReplicatedMariaDb,
    shared: SharedVolume,
    child: pulumi.ResourceOptions,
) -> Spec:
    """Make the volume and the plan for the copy; return what refers to it.

    Unless the server says otherwise the volume has room for all data, in the class of `shared`.
    The template never runs itself: the operator copies it when it needs a backup.
    """
    part = f"{name}-rebuild"
    storage = server.rebuild_storage or Storage.model_construct(
        size=server.storage.size, storage_class=shared.storage.storage_class
    )
    # It is empty between two copies, and cannot grow before it is first mounted.
    anew = pulumi.ResourceOptions(replace_on_changes=["spec"], delete_before_replace=True)
    opts = pulumi.ResourceOptions.merge(child, anew)
    volume = claim(part, args, storage, opts, shared.access_mode)
    k8s.apiextensions.CustomResource(
        part,
        api_version=API,
        kind="PhysicalBackup",
        metadata=named(part, args),
        spec=_plan(name, args, server, volume),
        opts=child,
    )
    return {
        "bootstrapFrom": {
            "physicalBackupTemplateRef": {"name": part},
            "restoreJob": {"resources": container_resources(server.resources, "1Gi")},
        },
        # A lost position is detected at once; other errors get some time.
        "recovery": {
            "enabled": True,
            "errorDurationThreshold": f"{server.rebuild_after_minutes}m",
        },
    }


def _plan(
    name: str, args: OwnDatabaseArgs, server: ReplicatedMariaDb, volume: pulumi.Input[str]
) -> Spec:
    # Every node can mount the volume: a copy is not bound to the nodes of the servers.
    placement = server.placement.model_copy(update={"node_selector": {}})
    return {
        "mariaDbRef": {"name": name, "waitForIt": False},
        "schedule": {"suspend": True},
        # Copy the primary only if no other server is left.
        "target": "PreferReplica",
        "storage": {"volume": {"persistentVolumeClaim": {"claimName": volume}}},
        "timeout": f"{server.copy_seconds}s",
        # The next copy needs the space.
        "maxRetention": "1h",
        "imagePullSecrets": [{"name": secret} for secret in args["pull_secrets"]],
        "podMetadata": {"labels": DATABASE_CLIENTS},
        "podSecurityContext": as_custom(pod_security(DATABASE_USER)),
        "securityContext": as_custom(container_security()),
        "resources": container_resources(server.resources, "1Gi"),
        "tolerations": [],
        **as_custom(placed(placement)),
    }
