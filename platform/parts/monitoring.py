"""Monitoring and alerting for the cluster and its shops."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kit.passwords import password
from parts._charts import MONITORING, MONITORING_DEFINITIONS
from parts._install import PartArgs, child_of, definitions, install, namespace, overlaid, sized
from stackfile.types import bytes_of

NAMESPACE = "monitoring"
NODES_NAMESPACE = "node-exporter"
_SELECTORS = ("podMonitor", "serviceMonitor", "rule", "probe", "scrapeConfig")


class MonitoringArgs(PartArgs):
    """Arguments of monitoring."""

    storage: str
    """Size of Prometheus' volume."""
    storage_class: str | None
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
        self.definitions = [definitions(f"{name}-definitions", MONITORING_DEFINITIONS, child)]
        space = namespace(name, NAMESPACE, "restricted", child)
        # node-exporter has access to the node: it gets a namespace of its own.
        nodes = namespace(f"{name}-nodes", NODES_NAMESPACE, "privileged", child)
        secrets = {
            **_grafana_secret(name, args, space, child),
            **_alertmanager_secret(name, args, space, child),
        }
        after = pulumi.ResourceOptions(depends_on=[nodes, *self.definitions])
        install(
            name,
            MONITORING,
            space,
            overlaid(_values(args, secrets), args),
            pulumi.ResourceOptions.merge(child, after),
        )
        self.register_outputs({})


def _grafana_secret(
    name: str, args: MonitoringArgs, space: k8s.core.v1.Namespace, opts: pulumi.ResourceOptions
) -> dict[str, pulumi.Input[str]]:
    if not args["grafana"]:
        return {}
    secret = k8s.core.v1.Secret(
        f"{name}-grafana",
        metadata={"namespace": space.metadata.name},
        type="Opaque",
        string_data={
            "admin-user": "admin",
            "admin-password": password(f"{name}-grafana-password", args["grafana_password"], opts),
        },
        opts=opts,
    )
    return {"grafana": secret.metadata.name}


def _alertmanager_secret(
    name: str, args: MonitoringArgs, space: k8s.core.v1.Namespace, opts: pulumi.ResourceOptions
) -> dict[str, pulumi.Input[str]]:
    if args["alertmanager_config"] is None:
        return {}
    secret = k8s.core.v1.Secret(
        f"{name}-alertmanager",
        metadata={"namespace": space.metadata.name},
        type="Opaque",
        string_data={"alertmanager.yaml": args["alertmanager_config"]},
        opts=opts,
    )
    return {"alertmanager": secret.metadata.name}


def _values(args: MonitoringArgs, secrets: dict[str, pulumi.Input[str]]) -> dict[str, Any]:
    # Managed clusters hide their control planes: do not scrape what cannot be reached.
    hidden = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
    return {
        "crds": {"enabled": False},
        "cleanPrometheusOperatorObjectNames": True,
        **{component: {"enabled": False} for component in hidden},
        "prometheusOperator": {"resources": sized("20m", "64Mi", "256Mi")},
        "prometheus": {"prometheusSpec": _prometheus(args)},
        "alertmanager": _alertmanager(secrets),
        "grafana": _grafana(args, secrets),
        "kube-state-metrics": {"resources": sized("10m", "64Mi", "256Mi")},
        "prometheus-node-exporter": {
            "namespaceOverride": NODES_NAMESPACE,
            "resources": sized("10m", "32Mi", "64Mi"),
        },
    }


def _prometheus(args: MonitoringArgs) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": args["storage"]}},
    }
    if args["storage_class"] is not None:
        claim["storageClassName"] = args["storage_class"]
    return {
        # Also pick up monitors and rules in the shops' namespaces.
        **{f"{kind}SelectorNilUsesHelmValues": False for kind in _SELECTORS},
        "retention": f"{args['retention_days']}d",
        "retentionSize": _most(args["storage"]),
        "storageSpec": {"volumeClaimTemplate": {"spec": claim}},
        "resources": sized("100m", "512Mi", "2Gi"),
    }


def _alertmanager(secrets: dict[str, pulumi.Input[str]]) -> dict[str, Any]:
    spec: dict[str, Any] = {"resources": sized("10m", "32Mi", "128Mi")}
    if "alertmanager" in secrets:
        spec |= {"useExistingSecret": True, "configSecret": secrets["alertmanager"]}
    return {"alertmanagerSpec": spec}


def _grafana(args: MonitoringArgs, secrets: dict[str, pulumi.Input[str]]) -> dict[str, Any]:
    if not args["grafana"]:
        return {"enabled": False}
    return {
        "admin": {
            "existingSecret": secrets["grafana"],
            "userKey": "admin-user",
            "passwordKey": "admin-password",
        },
        "grafana.ini": {
            "analytics": {"reporting_enabled": False, "check_for_updates": False},
            "auth.anonymous": {"enabled": False},
            "users": {"allow_sign_up": False},
        },
        "testFramework": {"enabled": False},
        "resources": sized("50m", "128Mi", "512Mi"),
        "sidecar": {"resources": sized("10m", "64Mi", "256Mi")},
    }


def _most(size: str) -> str:
    """Return 90 % of a volume's size: a full volume stops Prometheus for good."""
    return f"{bytes_of(size) * 9 // 10 // 2**20}MB"
