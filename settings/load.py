"""Loading the settings and secrets of the current stack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from settings.changes import refused_changes
from settings.model import Settings
from settings.needs import secret_uses
from settings.validate import validate
from stackfile.report import Problem, SettingsError, Source
from stackfile.secret_keys import SecretKeys, certificate, password, private_key, registries
from stackfile.source import find_source, structured

_PROJECT = "openmage"
_CRYPT_KEY_LENGTH = 32
_ADMIN_PASSWORD_LENGTH = 14


@dataclass(frozen=True)
class Secrets:
    """Secret configuration of a stack; a None is generated once, or not needed."""

    crypt_key: pulumi.Output[str] | None
    """Key of encrypted configuration and customer data: 32 letters and digits."""
    database_password: pulumi.Output[str] | None
    """Password of the shop's database user."""
    database_root_password: pulumi.Output[str] | None
    """Password of the database's root user; in every mode except `external`."""
    admin_password: pulumi.Output[str] | None
    """Password of the first administrator."""
    access_password: pulumi.Output[str] | None
    """Password for `access.*.basicAuth`; the user is `visitor`."""
    sessions_password: pulumi.Output[str] | None
    """Password of the session store."""
    cache_password: pulumi.Output[str] | None
    """Password of the cache store."""
    mail_password: pulumi.Output[str] | None
    """Password of `mail.username`."""
    tls_certificate: pulumi.Output[str] | None
    """Certificate chain, PEM; for `edge.tls.mode` `certificate`."""
    tls_private_key: pulumi.Output[str] | None
    """Private key of the certificate, PEM."""
    registry_credentials: pulumi.Output[str] | None
    """Credentials of private registries, as in ~/.docker/config.json, for every pod."""


def secret_keys() -> list[str]:
    """Return the names of the secret configuration keys."""
    return _KEYS.names


def is_offline() -> bool:
    """Return whether this is an offline run: no engine, no last update, no cluster."""
    return isinstance(get_monitor(), MockMonitor)


def load() -> tuple[Settings, Secrets]:
    """Return the settings and secrets of this stack, or refuse them before any resource."""
    config = pulumi.Config(_PROJECT)
    try:
        settings = _checked(config, find_source(pulumi.get_stack(), Path(), Path("stacks")))
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    return settings, Secrets(**_KEYS.secrets(config))


def _checked(config: pulumi.Config, source: Source) -> Settings:
    tree = structured(config.get("shop"))
    given = {key: config.get(key) for key in secret_keys()}
    settings, problems = None, list[Problem]()
    try:
        settings = validate(tree, source)
    except SettingsError as error:
        problems += error.problems
    problems += _KEYS.problems(given, source)
    if settings is not None:
        problems += _misused(settings, given, source)
        if not is_offline():
            problems += refused_changes(settings, tree, given, source)
    if problems or settings is None:
        raise SettingsError(source.name, problems)
    return settings


def _misused(
    settings: Settings, given: Mapping[str, str | None], source: Source
) -> Iterator[Problem]:
    """Yield each secret that is needed and missing, and each that is given and read by nothing."""
    for key, required, unread in secret_uses(settings):
        path = (f"{_PROJECT}:{key}",)
        if required is not None and given[key] is None:
            yield source.problem(path, None, required, f"pulumi config set --secret {path[0]}")
        if unread is not None and given[key] is not None:
            fix = f"pulumi config rm {path[0]}, or correct that setting"
            yield source.problem(path, "", f"is not used: {unread}", fix)


def _password(value: str) -> str | None:
    if reason := password(value):
        return reason
    if set(value) & set("\"'\\#"):
        return "contains a quote, a backslash or #, which are special in configuration files"
    return None


def _line(value: str) -> str | None:
    return None if value and value.isprintable() else "is empty or more than one line"


def _crypt_key(value: str) -> str | None:
    if len(value) != _CRYPT_KEY_LENGTH or not value.isalnum() or not value.isascii():
        return "is not a valid OpenMage crypt key, which has 32 letters and digits"
    return None


def _admin_password(value: str) -> str | None:
    letters = any(character.isalpha() for character in value)
    digits = any(character.isdigit() for character in value)
    if len(value) < _ADMIN_PASSWORD_LENGTH or not (letters and digits):
        return "is too weak for OpenMage: use at least 14 characters, with letters and digits"
    return None


_KEYS = SecretKeys(
    project=_PROJECT,
    tree="shop",
    of=Secrets,
    checks={
        "cryptKey": _crypt_key,
        "adminPassword": _admin_password,
        "mailPassword": _line,
        "tlsCertificate": certificate,
        "tlsPrivateKey": private_key,
        "registryCredentials": registries,
    },
    default=_password,
)
