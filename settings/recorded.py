"""The record of the last update, which the next one compares its settings with.

Pulumi keeps the record among the outputs of the stack. `settings/changes.py` refuses what would
separate the shop from its data, in previews too.
"""

import hashlib
import re
import time
from collections.abc import Collection, Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime import invoke

from settings.model import Settings
from stackfile.types import image_tag

OUTPUT = "recorded"
"""Output with the record."""
SECRETS_OUTPUT = "recordedSecrets"
"""Output with the fingerprints of the secrets that the data was created with."""

Record = Mapping[str, Any]

_ROUNDS = 100_000
_FUNCTION = "pulumi:pulumi:readStackOutputs"
_ATTEMPTS = 10
_PAUSE = 0.2
"""Seconds between two attempts to read the state."""


def record(settings: Settings, given: Collection[str] = ()) -> dict[str, Any]:
    """Return the record that the next update needs; it contains no secrets.

    `given` names the supplied (not generated) secrets that the data is created with.
    """
    return {
        "context": settings.cluster.context,
        "given": sorted(given),
        "namespace": settings.namespace_name,
        "createNamespace": settings.create_namespace,
        "database": settings.database.record(version(settings.images.mariadb)),
        "media": {**settings.media.storage.record(), "accessMode": settings.media.access_mode},
        "sessions": settings.cache.sessions.record(),
    }


def fingerprints(
    settings: Settings, secrets: Mapping[str, pulumi.Output[str] | None]
) -> pulumi.Output[dict[str, str]]:
    """Return fingerprints: they identify the secrets without revealing them."""
    known = {key: value for key, value in secrets.items() if value is not None}
    made: pulumi.Output[dict[str, str]] = pulumi.Output.all(**known).apply(
        lambda values: {key: fingerprint(settings, key, value) for key, value in values.items()}
    )
    return pulumi.Output.secret(made)


def fingerprint(settings: Settings, key: str, secret: str) -> str:
    """Return a salted hash of a secret; it is slow, to resist brute force."""
    salt = f"{settings.namespace_name}/{key}".encode()
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, _ROUNDS, 16).hex()


def last() -> tuple[Record, Record]:
    """Return record and fingerprints of the last update; empty before the first one."""
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    outputs = cast("Record", _ask(stack).get("outputs") or {})
    return outputs.get(OUTPUT) or {}, outputs.get(SECRETS_OUTPUT) or {}


def _ask(stack: str) -> Record:
    """Read the outputs as a StackReference does, but synchronously, before any registration.

    An update may be writing the state at the same time; a state file is then briefly empty.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return invoke(_FUNCTION, {"name": stack}).value
        except Exception:  # noqa: BLE001 (the SDK raises nothing more precise)
            time.sleep(_PAUSE)
    return invoke(_FUNCTION, {"name": stack}).value


def version(image: str) -> str:
    """Return the long-term version in MariaDB's image tag; empty if it has none."""
    match = re.match(r"\d+\.\d+", image_tag(image) or "")
    return match[0] if match else ""
