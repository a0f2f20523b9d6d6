"""Rules across settings; each violation has a path, a reason and a fix."""

from collections.abc import Iterator
from typing import assert_never

from choices.model import Platform
from stackfile.report import Violation
from stackfile.types import network
from values.issuers import DnsSolver, GatewaySolver, IngressSolver
from values.logs import GraylogLogs, NoLogs, PasswordLogs


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
        path = ("certManager", "issuers", index, "solver")
        match issuer.solver:
            case GatewaySolver():
                if not platform.gateway_api:
                    yield Violation(
                        (*path, "mode"),
                        "cert-manager's Gateway API support is off",
                        "set certManager.gatewayApi to true, or use http-01-ingress or dns-01",
                    )
            case IngressSolver(class_name=name):
                found = platform.controller
                if found is not None and found.class_name == name and not found.serves_ingress:
                    yield Violation(
                        (*path, "className"),
                        "Envoy Gateway does not serve Ingress",
                        "use http-01-gateway",
                    )
            case DnsSolver():
                pass
            case _:
                assert_never(issuer.solver)


def _shared(platform: Platform) -> Iterator[Violation]:
    controller = platform.controller
    if platform.listener_sets and controller and not controller.supports_listener_sets:
        yield Violation(
            ("gateway", "shared", "listenerSets"),
            "Traefik 3.7 does not support ListenerSets",
            "use controller envoy, or let shops have their own Gateways",
        )


def _listeners(platform: Platform) -> Iterator[Violation]:
    if platform.shared_gateway is None:
        return
    issuers = {issuer.name: issuer.solver for issuer in platform.cert_manager.issuers}
    seen = {"http"}
    for index, listener in enumerate(platform.shared_gateway.listeners):
        path = ("gateway", "shared", "listeners", index)
        if listener.name in seen:
            yield Violation((*path, "name"), "is already used", "give each a unique name")
        seen.add(listener.name)
        solver = issuers.get(listener.issuer)
        if solver is None:
            yield Violation(
                (*path, "issuer"),
                "is not one of certManager.issuers",
                f"use one of {', '.join(sorted(issuers))}" if issuers else "add one",
            )
        elif listener.hostname.startswith("*.") and not solver.validates_wildcards:
            yield Violation(
                (*path, "issuer"),
                "HTTP-01 cannot validate a wildcard",
                "use an issuer whose solver is dns-01, or name each host",
            )


def _load_balancer(platform: Platform) -> Iterator[Violation]:
    if platform.controller is None:
        return
    service = platform.controller.load_balancer
    if service.source_ranges and service.type != "LoadBalancer":
        yield Violation(
            ("gateway", "loadBalancer", "sourceRanges"),
            f"is not enforced for a Service of type {service.type}",
            "remove it, or use type LoadBalancer",
        )
    for index, cidr in enumerate(service.source_ranges):
        if network(cidr).prefixlen == 0:
            yield Violation(
                ("gateway", "loadBalancer", "sourceRanges", index),
                "allows everyone, which is the default",
                "remove sourceRanges, or list the networks to allow",
            )


def _logs(platform: Platform) -> Iterator[Violation]:
    logs = platform.logs
    match logs:
        case NoLogs():
            return
        case GraylogLogs():
            encrypt = "use protocol tls"
        case PasswordLogs():
            encrypt = "set tls to true"
            if logs.username is not None and not logs.tls:
                reason = "the password would be sent in plaintext"
                yield Violation(("logs", "tls"), reason, "set it to true")
        case _:
            assert_never(logs)
    if logs.ca is not None and logs.protocol != "tls":
        yield Violation(
            ("logs", "ca"),
            "is not used: the connection is not encrypted",
            f"{encrypt}, or remove ca",
        )
