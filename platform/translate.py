"""From settings to the parts' arguments: parts know no settings."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from choices.gateways import EnvoyGateway, NoGateway, TraefikGateway
from choices.issuers import TOKEN_SECRET, DnsSolver, GatewaySolver, Issuer
from choices.load import Secrets
from choices.logs import ElasticsearchLogs, GraylogLogs, LokiLogs, OpenSearchLogs
from choices.model import Platform
from parts import (
    CertManagerArgs,
    Gateway,
    GatewayArgs,
    LogsArgs,
    MetricsServerArgs,
    Monitoring,
    MonitoringArgs,
    SharedGatewayArgs,
)
from parts._install import PartArgs
from parts._pipeline import DestinationArgs
from parts.cert_manager import IssuerArgs

ChosenGateway = TraefikGateway | EnvoyGateway
ChosenLogs = GraylogLogs | ElasticsearchLogs | OpenSearchLogs | LokiLogs


def part(values: dict[str, Any], monitoring: Monitoring | None) -> PartArgs:
    """Return the arguments of every part."""
    after: Sequence[pulumi.Resource] = [] if monitoring is None else monitoring.definitions
    return {"values": _lists(values), "monitored": monitoring is not None, "after": after}


def monitoring(platform: Platform, secrets: Secrets) -> MonitoringArgs:
    """Return monitoring's arguments."""
    chosen = platform.monitoring
    return {
        **part(chosen.values, None),
        "storage": chosen.storage.size,
        "storage_class": chosen.storage.storage_class,
        "retention_days": chosen.retention_days,
        "grafana": chosen.grafana,
        "grafana_password": secrets.grafana_password,
        "alertmanager_config": secrets.alertmanager_config,
    }


def metrics_server(platform: Platform, monitoring: Monitoring | None) -> MetricsServerArgs:
    """Return metrics-server's arguments."""
    chosen = platform.metrics_server
    return {
        **part(chosen.values, monitoring),
        "kubelet_insecure_tls": chosen.kubelet_insecure_tls,
    }


def gateway(chosen: ChosenGateway, monitoring: Monitoring | None) -> GatewayArgs:
    """Return the gateway's arguments."""
    return {
        **part(chosen.values, monitoring),
        "controller": chosen.controller,
        "entrance": {
            "class_name": chosen.class_name,
            "replicas": chosen.replicas,
            "service_type": chosen.load_balancer.type,
            "annotations": chosen.load_balancer.annotations,
            "source_ranges": chosen.load_balancer.source_ranges,
        },
        "definitions": chosen.definitions,
    }


def cert_manager(
    platform: Platform, secrets: Secrets, monitoring: Monitoring | None, gateway: Gateway | None
) -> CertManagerArgs:
    """Return cert-manager's arguments; the Gateway API must exist when it starts."""
    chosen = platform.cert_manager
    arguments = part(chosen.values, monitoring)
    arguments["after"] = [*arguments["after"], *(gateway.definitions if gateway else [])]
    shared = None if isinstance(platform.gateway, NoGateway) else platform.gateway.shared
    return {
        **arguments,
        "gateway_api": platform.gateway_api,
        "listener_sets": shared is not None and shared.listener_sets,
        "issuers": [_issuer(issuer) for issuer in chosen.issuers],
        "token_secret": TOKEN_SECRET,
        "token": secrets.dns_token,
    }


def shared_gateway(
    chosen: ChosenGateway, gateway: Gateway, issuers: list[pulumi.Resource]
) -> SharedGatewayArgs | None:
    """Return the shared Gateway's arguments; None if there is none."""
    if chosen.shared is None:
        return None
    return {
        "gateway": chosen.shared.name,
        "namespace": gateway.namespace,
        "class_name": chosen.class_name,
        "listeners": [
            {
                "name": listener.name,
                "hostname": listener.hostname,
                "issuer": listener.issuer,
            }
            for listener in chosen.shared.listeners
        ],
        "listener_sets": chosen.shared.listener_sets,
        "after": [gateway.gateway_class, *issuers],
    }


def logs(chosen: ChosenLogs, secrets: Secrets, monitoring: Monitoring | None) -> LogsArgs:
    """Return the log collector's arguments."""
    names: dict[str, str] = {}
    files: dict[str, pulumi.Input[str]] = {}
    if chosen.ca is not None:
        files["ca.crt"] = chosen.ca
    if isinstance(chosen, GraylogLogs):
        if secrets.logs_client_certificate is not None and secrets.logs_client_key is not None:
            files["tls.crt"] = secrets.logs_client_certificate
            files["tls.key"] = secrets.logs_client_key
    elif chosen.username is not None:
        names["LOGS_USERNAME"] = chosen.username
    if isinstance(chosen, LokiLogs) and chosen.tenant is not None:
        names["LOGS_TENANT"] = chosen.tenant
    return {
        **part(chosen.values, monitoring),
        "destination": _destination(chosen),
        "every_namespace": chosen.namespaces == "all",
        "names": names,
        "password": secrets.logs_password if "LOGS_USERNAME" in names else None,
        "files": files,
    }


def _destination(chosen: ChosenLogs) -> DestinationArgs:
    if isinstance(chosen, GraylogLogs):
        protocol = chosen.protocol
    else:
        protocol = "tls" if chosen.tls else "tcp"
    search = isinstance(chosen, ElasticsearchLogs | OpenSearchLogs)
    return {
        "kind": chosen.destination,
        "host": chosen.host,
        "port": chosen.port,
        "protocol": protocol,
        "index": chosen.index if search else None,
    }


def _issuer(issuer: Issuer) -> IssuerArgs:
    return {"name": issuer.name, "account": issuer, "solver": _solver(issuer)}


def _solver(issuer: Issuer) -> dict[str, Any]:
    """Return cert-manager's solver."""
    solver = issuer.solver
    if isinstance(solver, DnsSolver):
        proved: dict[str, Any] = {"dns01": {solver.provider: _lists(solver.config)}}
        if solver.zones:
            proved["selector"] = {"dnsZones": list(solver.zones)}
        return proved
    if isinstance(solver, GatewaySolver):
        parent = {"kind": "Gateway", "name": solver.name, "namespace": solver.namespace}
        return {"http01": {"gatewayHTTPRoute": {"parentRefs": [parent]}}}
    return {"http01": {"ingress": {"ingressClassName": solver.class_name}}}


def _lists(node: Any) -> Any:
    """Return a tree with lists instead of tuples, for pass-through YAML."""
    if isinstance(node, Mapping):
        section = cast("Mapping[str, Any]", node)
        return {key: _lists(value) for key, value in section.items()}
    if isinstance(node, tuple):
        return [_lists(item) for item in cast("tuple[Any, ...]", node)]
    return node
