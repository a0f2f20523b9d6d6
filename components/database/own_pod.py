"""The pod of a MariaDB on one volume."""

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import command, probe, restricted_container
from components.kit.pods import DATABASE_USER, PodArgs, restricted_pod
from components.kit.volumes import claim_volume, config_volume, mount, scratch_volume, secret_volume
from shop.constants import MARIADB_PORT
from stackfile.databases import MariaDb
from stackfile.values import Resources

DATABASE_NAME = "openmage"
"""Name of database and user, if they are created here."""
_SECRETS = "/run/secrets/mariadb"
_HEALTH = command("healthcheck.sh", "--connect", "--innodb_initialized")


def mariadb_pod(  # noqa: PLR0913 (each is a part of the pod)
    args: PodArgs,
    server: MariaDb,
    *,
    image: str,
    passwords: pulumi.Input[str],
    config: pulumi.Input[str],
    data: pulumi.Input[str],
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod: the official image, as a non-root user with a read-only root filesystem."""
    return {
        **restricted_pod(args, DATABASE_USER, server.placement),
        "containers": [_container(image, server.resources)],
        # A clean shutdown flushes every dirty page.
        "termination_grace_period_seconds": 120,
        "volumes": [
            claim_volume("data", data),
            # For sorting large results; bounded, so that MariaDB cannot fill the node's disk.
            scratch_volume("tmp", "1Gi"),
            scratch_volume("run", "16Mi"),
            secret_volume("passwords", passwords),
            config_volume("config", config),
        ],
    }


def _container(image: str, resources: Resources) -> k8s.core.v1.ContainerArgsDict:
    return {
        **restricted_container("mariadb", image, resources, "2Gi"),
        "args": ["mariadbd"],
        "env": [
            {"name": "MARIADB_DATABASE", "value": DATABASE_NAME},
            {"name": "MARIADB_USER", "value": DATABASE_NAME},
            {"name": "MARIADB_PASSWORD_FILE", "value": f"{_SECRETS}/password"},
            {"name": "MARIADB_ROOT_PASSWORD_FILE", "value": f"{_SECRETS}/root-password"},
            # Root can only connect from inside the pod.
            {"name": "MARIADB_ROOT_HOST", "value": "localhost"},
            {"name": "MARIADB_AUTO_UPGRADE", "value": "1"},
        ],
        "ports": [{"name": "mysql", "container_port": MARIADB_PORT}],
        # Recovery after a crash reads the whole log: it may take minutes.
        "startup_probe": probe(_HEALTH, period=5, failures=120),
        "readiness_probe": probe(_HEALTH, period=10, failures=3),
        "liveness_probe": probe(_HEALTH, period=20, failures=6, timeout=10),
        "volume_mounts": [
            {"name": "data", "mount_path": "/var/lib/mysql"},
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            {"name": "run", "mount_path": "/run/mysqld"},
            mount("passwords", _SECRETS),
            mount("config", "/etc/mysql/conf.d/zz-openmage.cnf", "openmage.cnf"),
        ],
    }
