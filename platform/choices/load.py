"""The settings and secrets of the platform that runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime.config import is_config_secret
from pydantic import ValidationError
from ruamel.yaml import YAML, YAMLError

from choices.issuers import DnsSolver
from choices.logs import GraylogLogs, NoLogs
from choices.model import Platform
from choices.rules import violations
from settings.explain import Form, at, explain, in_order, nested_secrets, tuples
from settings.load import MASKED
from settings.report import Problem, SettingsError, Source, nearest, read_source

PROJECT = "openmage-platform"
KEY = f"{PROJECT}:platform"
_FORM = Form(Platform, KEY, "docs/platform-settings.md")


@dataclass(frozen=True)
class Secrets:
    """Secret configuration of a platform; what is None is generated once, or not needed."""

    dns_token: pulumi.Output[str] | None
    """Credential of the DNS provider, for issuers that answer DNS-01."""
    alertmanager_config: pulumi.Output[str] | None
    """Whole configuration of Alertmanager, YAML: who is told of alerts. With monitoring."""
    grafana_password: pulumi.Output[str] | None
    """Password of Grafana's user `admin`; generated unless it is given."""
    logs_password: pulumi.Output[str] | None
    """Password of `logs.username`."""
    logs_client_certificate: pulumi.Output[str] | None
    """Certificate by which Graylog knows the sender, PEM; default: nobody asks."""
    logs_client_key: pulumi.Output[str] | None
    """Private key of that certificate, PEM."""


def secret_keys() -> list[str]:
    """Return the names of the secret configuration keys."""
    return [_camel(field.name) for field in fields(Secrets)]


def load() -> tuple[Platform, Secrets]:
    """Return the settings and secrets of this stack; refuse wrong ones before any resource."""
    config = pulumi.Config(PROJECT)
    try:
        platform = _checked(config, _source())
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    values = {field.name: config.get_secret(_camel(field.name)) for field in fields(Secrets)}
    return platform, Secrets(**values)


def validate(tree: object, source: Source) -> Platform:
    """Return the settings, or raise a SettingsError with every problem."""
    if not isinstance(tree, Mapping):
        problem = source.problem(
            (KEY,), tree, "the platform's settings are missing", "start from Pulumi.dev.yaml"
        )
        raise SettingsError(source.name, [problem])
    given = cast("dict[str, Any]", tree)
    problems = list(nested_secrets(given, (KEY,), source))
    platform = None
    try:
        platform = Platform.model_validate(tuples(given))
    except ValidationError as error:
        problems += explain(error, given, source, _FORM)
    if platform is not None:
        problems += [
            source.problem((KEY, *path), at(given, path), reason, fix)
            for path, reason, fix in violations(platform)
        ]
    if problems or platform is None:
        raise SettingsError(source.name, in_order(problems))
    return platform


def _checked(config: pulumi.Config, source: Source) -> Platform:
    platform, problems = None, list[Problem]()
    try:
        platform = validate(config.get_object("platform"), source)
    except SettingsError as error:
        problems += error.problems
    problems += _unknown(source)
    problems += _wrong(config, source)
    if platform is not None:
        for key, reason in _missing(config, platform):
            problems.append(_secret_problem(source, key, reason))
    if problems or platform is None:
        raise SettingsError(source.name, problems)
    return platform


def _source() -> Source:
    file = Path(f"Pulumi.{pulumi.get_stack()}.yaml")
    return (
        read_source(file.name, file.read_text(encoding="utf-8"))
        if file.is_file()
        else Source(file.name)
    )


def _wrong(config: pulumi.Config, source: Source) -> Iterator[Problem]:
    for key in secret_keys():
        value = config.get(key)
        if value is None or value == MASKED:
            continue
        if not is_config_secret(f"{PROJECT}:{key}"):
            reason = "a secret stands in the stack file in clear text"
            yield _secret_problem(source, key, reason, ", and change it: it is known now")
        elif reason := _CHECKS[key](value):
            yield _secret_problem(source, key, reason)


def _missing(config: pulumi.Config, platform: Platform) -> Iterator[tuple[str, str]]:
    given = {key for key in secret_keys() if config.get(key) is not None}
    solvers = [issuer.solver for issuer in platform.cert_manager.issuers]
    needed = any(isinstance(solver, DnsSolver) and solver.needs_token for solver in solvers)
    if needed and "dnsToken" not in given:
        yield "dnsToken", "an issuer's solver refers to the Secret dns-token, and it is missing"
    logs = platform.logs
    if isinstance(logs, NoLogs | GraylogLogs):
        pair = {"logsClientCertificate", "logsClientKey"}
        for key in sorted(pair - given) if pair & given else ():
            yield key, "a certificate and its key are of no use alone"
    elif logs.username is not None and "logsPassword" not in given:
        yield "logsPassword", "logs.username is set: its password is not ours to make"


def _unknown(source: Source) -> Iterator[Problem]:
    known = [f"{PROJECT}:{key}" for key in ("platform", *secret_keys())]
    for key in source.config_keys():
        if key.startswith(f"{PROJECT}:") and key not in known:
            yield source.problem(
                (key,), None, "there is no such configuration key", nearest(key, known)
            )


def _secret_problem(source: Source, key: str, reason: str, also: str = "") -> Problem:
    # The empty value keeps the report from showing one.
    path = (f"{PROJECT}:{key}",)
    return source.problem(path, "", reason, f"pulumi config set --secret {path[0]}{also}")


def _password(value: str) -> str | None:
    if not value or not all("!" <= character <= "~" for character in value):
        return "contains a space, a control character or a letter beyond ASCII"
    return None


def _given(value: str) -> str | None:
    return None if value.strip() else "is empty"


def _certificate(value: str) -> str | None:
    return None if "-----BEGIN CERTIFICATE-----" in value else "is no certificate in PEM form"


def _private_key(value: str) -> str | None:
    return None if "PRIVATE KEY-----" in value else "is no private key in PEM form"


def _alertmanager(value: str) -> str | None:
    try:
        tree: object = cast("Any", YAML(typ="safe", pure=True)).load(value)
    except YAMLError:
        return "is no YAML"
    if not isinstance(tree, Mapping) or not {"route", "receivers"} <= tree.keys():
        return "is no configuration of Alertmanager: it has no route or no receivers"
    return None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "dnsToken": _given,
    "alertmanagerConfig": _alertmanager,
    "grafanaPassword": _password,
    "logsPassword": _password,
    "logsClientCertificate": _certificate,
    "logsClientKey": _private_key,
}


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
