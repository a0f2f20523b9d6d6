"""Value types of the settings: each knows its form, and says how to mend a wrong one."""

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
        message = "too long; use 30 characters at most"
        raise ValueError(message)
    return value


def _namespace(value: str) -> str:
    if value == "default" or value.startswith("kube-"):
        message = "not a namespace of a shop's own; leave it out for <customer>-<environment>"
        raise ValueError(message)
    return kubernetes_name(value)


def _php_size(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[KMG]", value):
        message = "no PHP size; write a whole number and K, M or G, such as 512M"
        raise ValueError(message)
    return value


def php_bytes(value: str) -> int:
    """Return a PHP size in bytes."""
    return int(value[:-1]) * _PHP_UNITS[value[-1]]


def _schedule(value: str) -> str:
    fields = value.split()
    if value.startswith(("CRON_TZ=", "TZ=")):
        message = "carries a time zone; Kubernetes refuses that, write the five fields only"
        raise ValueError(message)
    if len(fields) != _CRON_FIELDS:
        message = f"has {len(fields)} fields; write five: minute hour day month weekday"
        raise ValueError(message)
    if re.search(r"[LW#?]", value):
        message = "uses L, W, # or ?; Kubernetes' cron knows numbers, names, ranges and steps only"
        raise ValueError(message)
    from datetime import UTC, datetime  # noqa: PLC0415 (only here, and only for a dry run)

    try:
        next(CronSim(value, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        message = "never comes; check the ranges of minute, hour, day, month and weekday"
        raise ValueError(message) from None
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        message = "no time zone of the IANA database; write one such as Europe/Berlin"
        raise ValueError(message)
    return value


def _admin_path(value: str) -> str:
    if value in {"admin", "api", "index", "media", "skin", "js", "errors", "checkout", "customer"}:
        message = "is guessed first or taken by the shop; choose a word of your own"
        raise ValueError(message)
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,30}", value):
        message = "no front name; use 3 to 31 lower-case letters, digits and underscores, no slash"
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
