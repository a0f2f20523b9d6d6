"""Arguments of the database, by mode."""

from typing import assert_never

from components.database.database import DatabaseArgs, ExternalDatabaseArgs
from components.database.operated_args import OperatedDatabaseArgs
from components.database.own import OwnDatabaseArgs
from settings import Secrets, Settings
from settings.database import (
    ExternalDatabase,
    GaleraDatabase,
    NodeLocalDatabase,
    ReplicatedDatabase,
    VolumeDatabase,
)
from stackfile.values import Storage
from wiring.common import ShopPodArgs, given, retention


def args(settings: Settings, secrets: Secrets, pods: ShopPodArgs) -> DatabaseArgs:
    """Return the arguments of the chosen mode."""
    match chosen := settings.database:
        case VolumeDatabase():
            own = _own(settings, chosen, secrets, pods)
            return {**own, "mode": "volume", "storage": chosen.storage}
        case NodeLocalDatabase():
            return {
                **_own(settings, chosen, secrets, pods),
                "mode": "node-local",
                "node": chosen.node,
                "path": chosen.path,
                "size": chosen.storage.size,
            }
        case ReplicatedDatabase():
            return {
                **_operated(settings, chosen, secrets, pods),
                "mode": "replicated",
                "max_lag_seconds": chosen.max_lag_seconds,
                "semi_sync_timeout_seconds": chosen.semi_sync_timeout_seconds,
                "rebuild": {
                    "storage": chosen.rebuild_storage or _as_large_as(chosen, settings),
                    "access_mode": settings.media.access_mode,
                    "after_minutes": chosen.rebuild_after_minutes,
                },
            }
        case GaleraDatabase():
            return {**_operated(settings, chosen, secrets, pods), "mode": "galera"}
        case ExternalDatabase():
            return _external(chosen, secrets, pods)
        case _:
            assert_never(chosen)


def _own(
    settings: Settings,
    chosen: VolumeDatabase | NodeLocalDatabase | ReplicatedDatabase | GaleraDatabase,
    secrets: Secrets,
    pods: ShopPodArgs,
) -> OwnDatabaseArgs:
    return {
        **pods,
        "placement": chosen.placement,
        "image": settings.images.mariadb,
        "resources": chosen.resources,
        "buffer_pool": chosen.buffer_pool,
        "max_connections": chosen.max_connections,
        "config": chosen.config,
        "retention": retention(settings),
        "password": secrets.database_password,
        "root_password": secrets.database_root_password,
    }


def _operated(
    settings: Settings,
    chosen: ReplicatedDatabase | GaleraDatabase,
    secrets: Secrets,
    pods: ShopPodArgs,
) -> OperatedDatabaseArgs:
    return {
        **_own(settings, chosen, secrets, pods),
        "operator_image": chosen.operator_image,
        "operator_namespace": chosen.operator_namespace,
        "api_server": chosen.api_server_cidrs,
        "replicas": chosen.replicas,
        "storage": chosen.storage,
        "spread": chosen.spread,
        "copy_seconds": chosen.copy_seconds,
        "read_from_replicas": chosen.read_from_replicas,
    }


def _as_large_as(chosen: ReplicatedDatabase, settings: Settings) -> Storage:
    """Return a volume for all data, with a storage class that several nodes can mount."""
    return Storage.model_construct(
        size=chosen.storage.size, storage_class=settings.media.storage.storage_class
    )


def _external(
    chosen: ExternalDatabase, secrets: Secrets, pods: ShopPodArgs
) -> ExternalDatabaseArgs:
    return {
        "namespace": pods["namespace"],
        "labels": pods["labels"],
        "mode": "external",
        "server": chosen,
        "password": given(secrets.database_password),
    }
