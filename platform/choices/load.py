"""Loading the settings and secrets of the current platform stack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never, cast

import pulumi
from ruamel.yaml import YAML, YAMLError

from choices.model import Platform
from choices.rules import violations
from stackfile.explain import Form
from stackfile.report import Problem, SettingsError, Source
from stackfile.secret_keys import SecretKeys, certificate, password, private_key
from stackfile.source import find_source, structured
from stackfile.validate import checked
from values.logs import GraylogLogs, NoLogs, PasswordLogs

PROJECT = "openmage-platform"
KEY = f"{PROJECT}:platform"
_FORM = Form(Platform, KEY, "docs/platform-settings.md")


@dataclass(frozen=True)
class Secrets:
    """Secret configuration of a platform; a None is generated once, or not needed."""

    dns_token: pulumi.Output[str] | None
    """Credential of the DNS provider, for issuers with a DNS-01 solver."""
    alertmanager_config: pulumi.Output[str] | None
    """Complete configuration of Alertmanager, YAML: receivers of alerts. For monitoring."""
    grafana_password: pulumi.Output[str] | None
    """Password of Grafana's user `admin`; generated unless it is supplied."""
    logs_password: pulumi.Output[str] | None
    """Password of `logs.username`."""
    logs_client_certificate: pulumi.Output[str] | None
    """Client certificate for Graylog, PEM; default: none."""
    logs_client_key: pulumi.Output[str] | None
    """Private key of that certificate, PEM."""


def secret_keys() -> list[str]:
    """Return the names of the secret configuration keys."""
    return _KEYS.names


def load() -> tuple[Platform, Secrets]:
    """Return the settings and secrets of this stack, or refuse them before any resource."""
    config = pulumi.Config(PROJECT)
    try:
        platform = _checked(config, find_source(pulumi.get_stack(), Path()))
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    return platform, Secrets(**_KEYS.secrets(config))


def validate(tree: object, source: Source) -> Platform:
    """Return the settings, or raise a SettingsError with every problem."""
    return checked(tree, source, _FORM, violations, whose="platform")


def _checked(config: pulumi.Config, source: Source) -> Platform:
    given = {key: config.get(key) for key in secret_keys()}
    platform, problems = None, list[Problem]()
    try:
        platform = validate(structured(config.get("platform")), source)
    except SettingsError as error:
        problems += error.problems
    problems += _KEYS.problems(given, source)
    if platform is not None:
        known = {key for key, value in given.items() if value is not None}
        for key, reason in _missing(platform, known):
            path = (f"{PROJECT}:{key}",)
            # An empty value, so that the report does not show the secret.
            fix = f"pulumi config set --secret {path[0]}"
            problems.append(source.problem(path, "", reason, fix))
    if problems or platform is None:
        raise SettingsError(source.name, problems)
    return platform


def _missing(platform: Platform, given: set[str]) -> Iterator[tuple[str, str]]:
    needed = any(issuer.solver.needs_token for issuer in platform.cert_manager.issuers)
    if needed and "dnsToken" not in given:
        yield "dnsToken", "is required: an issuer's solver refers to the Secret dns-token"
    match platform.logs:
        case NoLogs() | GraylogLogs():
            pair = {"logsClientCertificate", "logsClientKey"}
            reason = "is required: a certificate and its private key must be supplied together"
            yield from ((key, reason) for key in sorted(pair - given) if pair & given)
        case PasswordLogs() as server:
            if server.username is not None and "logsPassword" not in given:
                yield "logsPassword", "logs.username is set: its password must be supplied"
        case _:
            assert_never(platform.logs)


def _given(value: str) -> str | None:
    return None if value.strip() else "is empty"


def _alertmanager(value: str) -> str | None:
    try:
        tree: object = cast("Any", YAML(typ="safe", pure=True)).load(value)
    except YAMLError:
        return "is not valid YAML"
    if not isinstance(tree, Mapping) or not {"route", "receivers"} <= tree.keys():
        return "is not an Alertmanager configuration: route or receivers are missing"
    return None


_KEYS = SecretKeys(
    project=PROJECT,
    tree="platform",
    of=Secrets,
    checks={
        "dnsToken": _given,
        "alertmanagerConfig": _alertmanager,
        "logsClientCertificate": certificate,
        "logsClientKey": private_key,
    },
    default=password,
)
