"""Rules across settings; each violation has a path, a reason and a fix."""

from collections.abc import Iterator

from choices.gateways import EnvoyGateway, NoGateway, TraefikGateway
from choices.issuers import DnsSolver, GatewaySolver, IngressSolver
from choices.logs import GraylogLogs, NoLogs
from choices.model import Platform
from stackfile.report import Violation
from stackfile.types import network


def violations(platform: Platform) -> list[Violation]:
    """Return all violations, in the order of the rules."""
    rules = (_issuers, _solvers, _shared, _listeners, _load_balancer, _logs)
    return [found for rule in rules for found in rule(platform)]


def _issuers(platform: Platform) -> Iterator[Violation]:
    if platform.cert_manager.issuers and not platform.cert_manager.enabled:
        yield Violation(
            ("certManager", "enabled"),
            "issuers are listed, but cert-manager is off",
            "set it to true, or remove issuers",
        )
    seen: set[str] = set()
    for index, issuer in enumerate(platform.cert_manager.issuers):
        if issuer.name in seen:
            yield Violation(
                ("certManager", "issuers", index, "name"), "is already used", "rename one"
            )
        seen.add(issuer.name)


def _solvers(platform: Platform) -> Iterator[Violation]:
    for index, issuer in enumerate(platform.cert_manager.issuers):
        path, solver = ("certManager", "issuers", index, "solver"), issuer.solver
        if isinstance(solver, GatewaySolver) and not platform.gateway_api:
            yield Violation(
                (*path, "mode"),
                "cert-manager's Gateway API support is off",
                "set certManager.gatewayApi to true, or use http-01-ingress or dns-01",
            )
        if (
            isinstance(solver, IngressSolver)
            and isinstance(platform.gateway, EnvoyGateway)
            and solver.class_name == platform.gateway.class_name
        ):
            yield Violation(
                (*path, "className"), "Envoy Gateway does not serve Ingress", "use http-01-gateway"
            )


def _shared(platform: Platform) -> Iterator[Violation]:
    gateway = platform.gateway
    if isinstance(gateway, TraefikGateway) and gateway.shared and gateway.shared.listener_sets:
        yield Violation(
            ("gateway", "shared", "listenerSets"),
            "Traefik 3.7 does not support ListenerSets",
            "use controller envoy, or let shops have their own Gateways",
        )


def _listeners(platform: Platform) -> Iterator[Violation]:
    gateway = platform.gateway
    if isinstance(gateway, NoGateway) or gateway.shared is None:
        return
    issuers = {issuer.name: issuer.solver for issuer in platform.cert_manager.issuers}
    seen = {"http"}
    for index, listener in enumerate(gateway.shared.listeners):
        path = ("gateway", "shared", "listeners", index)
        if listener.name in seen:
            yield Violation((*path, "name"), "is already used", "give each a unique name")
        seen.add(listener.name)
        if listener.issuer not in issuers:
            yield Violation(
                (*path, "issuer"),
                "is not one of certManager.issuers",
                f"use one of {', '.join(sorted(issuers))}" if issuers else "add one",
            )
        elif listener.hostname.startswith("*.") and not isinstance(
            issuers[listener.issuer], DnsSolver
        ):
            yield Violation(
                (*path, "issuer"),
                "HTTP-01 cannot validate a wildcard",
                "use an issuer whose solver is dns-01, or name each host",
            )


def _load_balancer(platform: Platform) -> Iterator[Violation]:
    gateway = platform.gateway
    if isinstance(gateway, NoGateway):
        return
    if gateway.load_balancer.source_ranges and gateway.load_balancer.type != "LoadBalancer":
        yield Violation(
            ("gateway", "loadBalancer", "sourceRanges"),
            f"is not enforced for a Service of type {gateway.load_balancer.type}",
            "remove it, or use type LoadBalancer",
        )
    for index, cidr in enumerate(gateway.load_balancer.source_ranges):
        if network(cidr).prefixlen == 0:
            yield Violation(
                ("gateway", "loadBalancer", "sourceRanges", index),
                "allows everyone, which is the default",
                "remove sourceRanges, or list the networks to allow",
            )


def _logs(platform: Platform) -> Iterator[Violation]:
    logs = platform.logs
    if isinstance(logs, NoLogs):
        return
    encrypted = logs.protocol == "tls" if isinstance(logs, GraylogLogs) else logs.tls
    if not isinstance(logs, GraylogLogs) and logs.username is not None and not encrypted:
        yield Violation(
            ("logs", "tls"),
            "the password would be sent in plaintext",
            "set it to true",
        )
    if logs.ca is not None and not encrypted:
        yield Violation(
            ("logs", "ca"),
            "is not used: the connection is not encrypted",
            "use protocol tls, or remove ca"
            if isinstance(logs, GraylogLogs)
            else "set tls to true, or remove ca",
        )
