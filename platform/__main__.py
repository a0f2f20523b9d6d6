"""The platform of one cluster: its settings and enabled parts, in order of dependency."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_never

import pulumi

# Pulumi starts in this folder; settings/, components/ and cluster.py are the shops' program's too.
# Last on the path: this folder has the same name as the standard library's module platform.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from choices.load import load
from cluster import connect
from parts import (
    CertManager,
    DatabaseOperator,
    Gateway,
    Logs,
    MetricsServer,
    Monitoring,
    PartArgs,
    SharedGateway,
)
from values.logs import LogServer, NoLogs

chosen, secrets = load()
for warning in chosen.warnings(alerts=secrets.alertmanager_config is not None):
    pulumi.log.warn(warning)

where = "openmage-platform:platform.cluster"
on_cluster = pulumi.ResourceOptions(provider=connect.provider(chosen.cluster, where))

monitoring: Monitoring | None = None
gateway: Gateway | None = None
issuers: Sequence[pulumi.Resource] = ()


def part(values: Mapping[str, Any], *after: pulumi.Resource) -> PartArgs:
    """Return the arguments of every part, which monitoring watches if it is there."""
    monitors = () if monitoring is None else monitoring.definitions
    return {"values": values, "monitored": monitoring is not None, "after": [*monitors, *after]}


if chosen.monitoring.enabled:
    monitoring = Monitoring(
        "monitoring",
        {
            **part(chosen.monitoring.values),
            "storage": chosen.monitoring.storage,
            "retention_days": chosen.monitoring.retention_days,
            "grafana": chosen.monitoring.grafana,
            "grafana_password": secrets.grafana_password,
            "alertmanager_config": secrets.alertmanager_config,
        },
        on_cluster,
    )

if chosen.metrics_server.enabled:
    MetricsServer(
        "metrics-server",
        {
            **part(chosen.metrics_server.values),
            "kubelet_insecure_tls": chosen.metrics_server.kubelet_insecure_tls,
        },
        on_cluster,
    )

if (controller := chosen.controller) is not None:
    gateway = Gateway("gateway", {**part(controller.values), "controller": controller}, on_cluster)
    pulumi.export("gatewayClass", gateway.class_name)
    pulumi.export("controllerNamespace", gateway.namespace)

if chosen.cert_manager.enabled:
    # The Gateway API must exist when it starts.
    after = () if gateway is None else gateway.definitions
    issuers = CertManager(
        "cert-manager",
        {
            **part(chosen.cert_manager.values, *after),
            "gateway_api": chosen.gateway_api,
            "listener_sets": chosen.listener_sets,
            "issuers": chosen.cert_manager.issuers,
            "token": secrets.dns_token,
        },
        on_cluster,
    ).issuers

if gateway is not None and chosen.shared_gateway is not None:
    SharedGateway(
        "shared-gateway",
        {
            "gateway": chosen.shared_gateway,
            "namespace": gateway.namespace,
            "class_name": gateway.class_name,
            "after": [gateway.gateway_class, *issuers],
        },
        on_cluster,
    )

if chosen.database_operator.enabled:
    DatabaseOperator("mariadb-operator", part(chosen.database_operator.values), on_cluster)

match chosen.logs:
    case NoLogs():
        pass
    case LogServer() as server:
        Logs(
            "logs",
            {
                **part(server.values),
                "server": server,
                "password": secrets.logs_password,
                "client_certificate": secrets.logs_client_certificate,
                "client_key": secrets.logs_client_key,
            },
            on_cluster,
        )
    case _:
        assert_never(chosen.logs)
