"""Monitoring and alerting for the cluster and its shops."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kit.passwords import password
from components.kit.workload import after
from parts._charts import chart, data
from parts._install import PartArgs, child_of, definitions, install, namespace, secret_in
from stackfile.merge import merge
from stackfile.types import bytes_of
from stackfile.values import Storage

NODES_NAMESPACE = "node-exporter"


class MonitoringArgs(PartArgs):
    """Arguments of monitoring."""

    storage: Storage
    """Prometheus' volume."""
    retention_days: int
    grafana: bool
    grafana_password: pulumi.Output[str] | None
    """Password of Grafana's user `admin`; generated where it is None."""
    alertmanager_config: pulumi.Output[str] | None
    """Complete configuration of Alertmanager; None sends no alerts."""


class Monitoring(pulumi.ComponentResource):
    """The Prometheus operator, Prometheus, Alertmanager and Grafana; nothing of it is public."""

    definitions: Sequence[pulumi.Resource]
    """Resources that must exist before any monitor or rule is created."""

    def __init__(
        self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install the CRDs, then the stack."""
        super().__init__("openmage:platform:Monitoring", name, None, opts)
        child = child_of(self, args)
        defined = chart("prometheus-operator-crds")
        self.definitions = [definitions(f"{name}-definitions", defined, child)]
        space = namespace(name, "monitoring", "restricted", child)
        # node-exporter has access to the node: it gets a namespace of its own.
        nodes = namespace(f"{name}-nodes", NODES_NAMESPACE, "privileged", child)
        secrets = _secrets(name, args, space, child)
        values = merge(_values(args, secrets), args["values"])
        ready = after([nodes, *self.definitions], child)
        install(name, chart("kube-prometheus-stack"), space, values, ready)
        self.register_outputs({})


def _secrets(
    name: str, args: MonitoringArgs, space: k8s.core.v1.Namespace, opts: pulumi.ResourceOptions
) -> dict[str, pulumi.Input[str]]:
    """Create what Grafana and Alertmanager read, and return the names of the Secrets."""
    found: dict[str, pulumi.Input[str]] = {}
    if args["grafana"]:
        admin = password(f"{name}-grafana-password", args["grafana_password"], opts)
        login = {"admin-user": "admin", "admin-password": admin}
        found["grafana"] = secret_in(space, f"{name}-grafana", login, opts)
    if args["alertmanager_config"] is not None:
        files = {"alertmanager.yaml": args["alertmanager_config"]}
        found["alertmanager"] = secret_in(space, f"{name}-alertmanager", files, opts)
    return found


def _values(args: MonitoringArgs, secrets: dict[str, pulumi.Input[str]]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "prometheus": {"prometheusSpec": _prometheus(args)},
        "grafana": {"enabled": False},
        "prometheus-node-exporter": {"namespaceOverride": NODES_NAMESPACE},
    }
    if "grafana" in secrets:
        access = {"admin": {"existingSecret": secrets["grafana"]}}
        values["grafana"] = merge(data("grafana"), access)
    if "alertmanager" in secrets:
        spec = {"useExistingSecret": True, "configSecret": secrets["alertmanager"]}
        values["alertmanager"] = {"alertmanagerSpec": spec}
    return values


def _prometheus(args: MonitoringArgs) -> dict[str, Any]:
    size, storage_class = args["storage"].size, args["storage"].storage_class
    claim: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": size}},
    }
    if storage_class is not None:
        claim["storageClassName"] = storage_class
    return {
        "retention": f"{args['retention_days']}d",
        # 90 % of the volume: a full one stops Prometheus for good.
        "retentionSize": f"{bytes_of(size) * 9 // 10 // 2**20}MB",
        "storageSpec": {"volumeClaimTemplate": {"spec": claim}},
    }
