"""Secret configuration: separate keys next to the settings, and their validation."""

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Annotated

import pulumi
from pulumi.runtime.config import is_config_secret
from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel

from stackfile.report import Problem, Source, nearest

MASKED = "[secret]"
"""Placeholder for secrets in an offline preview, which cannot decrypt them."""

Check = Callable[[str], str | None]
"""Returns why a secret is invalid; None if it is valid."""


@dataclass(frozen=True)
class SecretKeys:
    """The secret keys of a project: one for each field of a dataclass."""

    project: str
    tree: str
    """Key of the settings, which are not secret."""
    of: type
    """Dataclass with a field for each secret."""
    checks: Mapping[str, Check]
    default: Check
    """Check for keys without a check of their own."""

    @property
    def names(self) -> list[str]:
        """Names of the keys, without the project."""
        return [to_camel(field.name) for field in fields(self.of)]

    def secrets(self, config: pulumi.Config) -> dict[str, pulumi.Output[str] | None]:
        """Return the secrets by the names of the fields."""
        return {field.name: config.get_secret(to_camel(field.name)) for field in fields(self.of)}

    def problems(self, given: Mapping[str, str | None], source: Source) -> Iterator[Problem]:
        """Yield the problems of the supplied keys, without ever showing a value."""
        yield from self._unknown(source)
        for key, value in given.items():
            if value is None or value == MASKED:
                continue
            path = (f"{self.project}:{key}",)
            fix = f"pulumi config set --secret {path[0]}"
            if not is_config_secret(path[0]):
                reason = "is a secret in plaintext"
                yield source.problem(path, "", reason, f"{fix}, and rotate it: it has been exposed")
            elif reason := self.checks.get(key, self.default)(value):
                yield source.problem(path, "", reason, fix)

    def _unknown(self, source: Source) -> Iterator[Problem]:
        known = [f"{self.project}:{key}" for key in (self.tree, *self.names)]
        for key in source.config_keys():
            if key.startswith(f"{self.project}:") and key not in known:
                reason = "is not a known configuration key"
                yield source.problem((key,), None, reason, nearest(key, known))


def password(value: str) -> str | None:
    """Refuse characters that cannot be typed everywhere."""
    if not value or not all("!" <= character <= "~" for character in value):
        return "contains a space, a control character or a non-ASCII character"
    return None


def registries(value: str) -> str | None:
    """Refuse anything but a Docker configuration with credentials, as the kubelet reads it."""
    try:
        auths = _Docker.model_validate_json(value).auths
    except ValidationError:
        return 'is not like {"auths": {"registry.example.com": {"username": ..., "password": ...}}}'
    if not all(each.signs_in for each in auths.values()):
        return (
            "has a registry without credentials (docker login may keep them in a keychain):"
            " give it username and password, or auth, which is user:password in base64"
        )
    return None


class _Registry(BaseModel):
    auth: str | None = None
    username: str = ""
    password: str = ""

    @property
    def signs_in(self) -> bool:
        """Whether there are a user and a password."""
        if self.auth is None:
            return bool(self.username and self.password)
        try:
            both = base64.b64decode(self.auth, validate=True).decode()
        except ValueError:
            return False
        return all(both.partition(":"))


class _Docker(BaseModel):
    auths: Annotated[dict[str, _Registry], Field(min_length=1)]


def certificate(value: str) -> str | None:
    """Refuse anything but a certificate in PEM form."""
    return None if "-----BEGIN CERTIFICATE-----" in value else "is not a PEM certificate"


def private_key(value: str) -> str | None:
    """Refuse anything but a private key in PEM form."""
    return None if "PRIVATE KEY-----" in value else "is not a PEM private key"
