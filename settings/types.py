"""Value types of the settings: each has a format, and a fix for invalid values."""

import re
from typing import Annotated
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field

from stackfile.types import kubernetes_name

_PHP_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
_CRON_FIELDS = 5


def _customer(value: str) -> str:
    if len(kubernetes_name(value)) > 30:  # noqa: PLR2004 (room for "-production" and for names made of it)
        message = "is too long; use at most 30 characters"
        raise ValueError(message)
    return value


def _namespace(value: str) -> str:
    if value == "default" or value.startswith("kube-"):
        message = "is a system namespace; leave it out for <customer>-<environment>"
        raise ValueError(message)
    return kubernetes_name(value)


def _php_size(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[KMG]", value):
        message = "is not a PHP size; write a whole number and K, M or G, such as 512M"
        raise ValueError(message)
    return value


def php_bytes(value: str) -> int:
    """Return a PHP size in bytes."""
    return int(value[:-1]) * _PHP_UNITS[value[-1]]


def _schedule(value: str) -> str:
    fields = value.split()
    if value.startswith(("CRON_TZ=", "TZ=")):
        message = "has a time zone, which Kubernetes rejects; write the five fields only"
        raise ValueError(message)
    if len(fields) != _CRON_FIELDS:
        message = f"has {len(fields)} fields; write five: minute hour day month weekday"
        raise ValueError(message)
    if re.search(r"[LW#?]", value):
        message = "uses L, W, # or ?; Kubernetes only allows numbers, names, ranges and steps"
        raise ValueError(message)
    from datetime import UTC, datetime  # noqa: PLC0415 (only here, and only for a dry run)

    try:
        next(CronSim(value, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        message = "never fires; check the ranges of minute, hour, day, month and weekday"
        raise ValueError(message) from None
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        message = "is not in the IANA time zone database; use a name such as Europe/Berlin"
        raise ValueError(message)
    return value


def _admin_path(value: str) -> str:
    if value in {"admin", "api", "index", "media", "skin", "js", "errors", "checkout", "customer"}:
        message = "is easily guessed or already used by the shop; choose another word"
        raise ValueError(message)
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,30}", value):
        message = "is not a front name; use 3 to 31 lower-case letters, digits and underscores"
        raise ValueError(message)
    return value


Customer = Annotated[
    str, AfterValidator(_customer), Field(title="Kubernetes name", examples=["acme"])
]
Namespace = Annotated[str, AfterValidator(_namespace), Field(title="Kubernetes name")]
PhpSize = Annotated[str, AfterValidator(_php_size), Field(title="PHP size", examples=["512M"])]
CronSchedule = Annotated[str, AfterValidator(_schedule), Field(title="cron schedule")]
TimeZone = Annotated[
    str, AfterValidator(_time_zone), Field(title="time zone", examples=["Europe/Berlin"])
]
AdminPath = Annotated[str, AfterValidator(_admin_path), Field(title="front name")]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}_[A-Z]{2}$", title="language and country")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", title="currency code")]
