"""The pod of a server run by mariadb-operator, as fields of the MariaDB object."""

from collections.abc import Mapping
from typing import Any

from components.database.operated_network import server_labels
from components.database.own import OwnDatabaseArgs
from components.kit.containers import PULL_POLICY, container_resources, container_security
from components.kit.pods import DATABASE_USER, SAFE_TO_EVICT, as_custom, placed, pod_security
from shop.render import mysqld_config
from stackfile.databases import OperatedMariaDb
from stackfile.values import Resources

Spec = dict[str, Any]

_AGENT = Resources.of(requests=("10m", "64Mi"), limits=("500m", "128Mi"))


def operated_pod(
    name: str, args: OwnDatabaseArgs, server: OperatedMariaDb, lines: Mapping[str, str | int]
) -> Spec:
    """Return MariaDB's container, the pod fields it shares with its sidecars, and placement.

    `lines` are for [mysqld]; the customer's lines come after them.
    """
    probe = {"initialDelaySeconds": 5, "periodSeconds": 5, "timeoutSeconds": 5}
    own = {**lines, **server.config}
    return {
        **_placed(name, server),
        # The PodDisruptionBudget keeps the others running; its emptyDirs must not keep the node.
        "podMetadata": {"annotations": {SAFE_TO_EVICT: "true"}},
        "image": args["image"],
        "imagePullPolicy": PULL_POLICY,
        "imagePullSecrets": [{"name": secret} for secret in args["pull_secrets"]],
        "env": [{"name": "MARIADB_AUTO_UPGRADE", "value": "1"}],
        "myCnf": mysqld_config(server.buffer_pool, server.max_connections, own),
        "resources": container_resources(server.resources, "2Gi"),
        "securityContext": as_custom(container_security()),
        "podSecurityContext": as_custom(pod_security(DATABASE_USER)),
        "volumes": [
            {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "run", "emptyDir": {"sizeLimit": "16Mi"}},
        ],
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 (the pod's own volume)
            {"name": "run", "mountPath": "/run/mysqld"},
        ],
        "startupProbe": {**probe, "failureThreshold": server.copy_seconds // 5},
        "readinessProbe": {**probe, "failureThreshold": 3},
        "livenessProbe": {**probe, "periodSeconds": 20, "failureThreshold": 6},
        # A clean shutdown flushes every dirty page.
        "terminationGracePeriodSeconds": 120,
        "enableServiceLinks": False,
    }


def beside(server: OperatedMariaDb) -> Spec:
    """Return the operator's containers in the pod: an init container and the agent."""
    return {
        "image": server.operator_image,
        "imagePullPolicy": PULL_POLICY,
        "resources": container_resources(_AGENT, "256Mi"),
        "securityContext": as_custom(container_security()),
    }


def _placed(name: str, server: OperatedMariaDb) -> Spec:
    servers = {"matchLabels": server_labels(name)}
    apart: Spec = {"labelSelector": servers, "topologyKey": "kubernetes.io/hostname"}
    rules = {
        "required": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]},
        "preferred": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": apart}
            ]
        },
    }
    return {
        "affinity": {"podAntiAffinity": rules[server.spread]},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": servers,
            }
        ],
        "nodeSelector": {},
        "tolerations": [],
        **as_custom(placed(server.placement)),
    }
