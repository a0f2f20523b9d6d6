"""The platform of one cluster: its settings and enabled parts, in order of dependency."""

import sys
from pathlib import Path

import pulumi

# Pulumi starts in this folder; settings/, components/ and cluster.py are the shops' program's too.
# Last on the path: this folder has the same name as the standard library's module platform.
sys.path.append(str(Path(__file__).resolve().parent.parent))

import translate
from choices.gateways import NoGateway
from choices.load import load
from choices.logs import NoLogs
from cluster import connect
from parts import (
    CertManager,
    DatabaseOperator,
    Gateway,
    Logs,
    MetricsServer,
    Monitoring,
    SharedGateway,
)

chosen, secrets = load()
for warning in chosen.warnings(alerts=secrets.alertmanager_config is not None):
    pulumi.log.warn(warning)

where = "openmage-platform:platform.cluster"
on_cluster = pulumi.ResourceOptions(provider=connect.provider(chosen.cluster, where))

monitoring = gateway = None
issuers: list[pulumi.Resource] = []

if chosen.monitoring.enabled:
    monitoring = Monitoring("monitoring", translate.monitoring(chosen, secrets), on_cluster)

if chosen.metrics_server.enabled:
    MetricsServer("metrics-server", translate.metrics_server(chosen, monitoring), on_cluster)

if not isinstance(chosen.gateway, NoGateway):
    gateway = Gateway("gateway", translate.gateway(chosen.gateway, monitoring), on_cluster)
    pulumi.export("gatewayClass", chosen.gateway.class_name)
    pulumi.export("controllerNamespace", gateway.namespace)

if chosen.cert_manager.enabled:
    arguments = translate.cert_manager(chosen, secrets, monitoring, gateway)
    issuers += CertManager("cert-manager", arguments, on_cluster).issuers

if gateway is not None and not isinstance(chosen.gateway, NoGateway):
    shared = translate.shared_gateway(chosen.gateway, gateway, issuers)
    if shared is not None:
        SharedGateway("shared-gateway", shared, on_cluster)

if chosen.database_operator.enabled:
    operator = translate.part(chosen.database_operator.values, monitoring)
    DatabaseOperator("mariadb-operator", operator, on_cluster)

if not isinstance(chosen.logs, NoLogs):
    Logs("logs", translate.logs(chosen.logs, secrets, monitoring), on_cluster)
