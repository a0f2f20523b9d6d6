"""Value types of the settings: each knows its form, and says how to mend a wrong one."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_IMAGE = re.compile(
    r"(?P<repository>([a-z0-9.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*)"
    r"(:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_PHP_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
_CRON_FIELDS = 5
_HOST_LENGTH = 253
_QUALIFIED = (
    r"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
)


def _name(value: str) -> str:
    if not _LABEL.fullmatch(value):
        message = "no Kubernetes name; use lower-case letters, digits and inner hyphens, 63 at most"
        raise ValueError(message)
    return value


def _dns_name(value: str) -> str:
    if len(value) > _HOST_LENGTH or not all(_LABEL.fullmatch(part) for part in value.split(".")):
        message = "no Kubernetes name; use lower-case letters, digits, inner hyphens and dots"
        raise ValueError(message)
    return value


def _customer(value: str) -> str:
    if len(_name(value)) > 30:  # noqa: PLR2004 (room for "-production" and for names made of it)
        message = "too long; use 30 characters at most"
        raise ValueError(message)
    return value


def _namespace(value: str) -> str:
    if value == "default" or value.startswith("kube-"):
        message = "not a namespace of a shop's own; leave it out for <customer>-<environment>"
        raise ValueError(message)
    return _name(value)


def _host(value: str) -> str:
    if "://" in value or "/" in value:
        message = "has a scheme or a path; give the bare host, such as shop.example.com"
        raise ValueError(message)
    if ":" in value:
        message = "has a port; the shop is reached on 80 and 443 only: give the bare host"
        raise ValueError(message)
    if value != value.lower() or "_" in value:
        message = "has upper case or an underscore; host names have neither"
        raise ValueError(message)
    if _is_address(value):
        message = "is an address; cookies and certificates need a name"
        raise ValueError(message)
    if value.startswith("*."):
        message = "is a wildcard; name each host"
        raise ValueError(message)
    labels = value.split(".")
    too_few = 2
    if len(labels) < too_few:
        message = "has no domain; give the full name, such as shop.example.com"
        raise ValueError(message)
    if len(value) > _HOST_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        message = "is no host name; each part has 1 to 63 letters, digits or inner hyphens"
        raise ValueError(message)
    return value


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _certificate_name(value: str) -> str:
    _host(value.removeprefix("*."))
    return value


def _acme(value: str) -> str:
    if value not in {"staging", "production"} and not re.fullmatch(r"https://[^/\s]+/\S*", value):
        message = "no ACME server; write staging, production or the address of a directory"
        raise ValueError(message)
    if re.match(r"https://[^/]*letsencrypt\.org[/:]", value, re.IGNORECASE):
        # By its name the rules know which of the two it is.
        message = "is Let's Encrypt's own address; write staging or production"
        raise ValueError(message)
    return value


def _server(value: str) -> str:
    if not re.fullmatch(r"https://[^/\s]+", value):
        message = "no API server; copy it from the kubeconfig, such as https://10.0.0.1:6443"
        raise ValueError(message)
    return value


def _image(value: str) -> str:
    match = _IMAGE.fullmatch(value)
    if not match:
        message = "no image reference; write repository:tag or repository@sha256:..., in lower case"
        raise ValueError(message)
    if match["digest"] is None and match["tag"] in (None, "latest"):
        message = "names no version; add a tag that never moves, or a digest"
        raise ValueError(message)
    return value


def has_digest(image: str) -> bool:
    """Return whether the reference names one image for ever."""
    return "@sha256:" in image


def image_tag(image: str) -> str | None:
    """Return the tag of a reference."""
    match = _IMAGE.fullmatch(image)
    return match["tag"] if match else None


def _cpu(value: str) -> str:
    if not re.fullmatch(r"\d+m|\d+(\.\d+)?", value) or millicores(value) <= 0:
        message = "no amount of CPU; write cores such as 0.5 or thousandths such as 500m"
        raise ValueError(message)
    return value


def millicores(value: str) -> int:
    """Return a CPU quantity in thousandths of a core."""
    return int(value[:-1]) if value.endswith("m") else round(float(value) * 1000)


def _memory(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?(Ki|Mi|Gi|Ti)", value) or bytes_of(value) <= 0:
        message = "no amount of memory; write a number and Ki, Mi, Gi or Ti, such as 512Mi"
        raise ValueError(message)
    return value


def bytes_of(value: str) -> int:
    """Return a memory or storage quantity in bytes."""
    return int(float(value[:-2]) * _UNITS[value[-2:]])


def _php_size(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[KMG]", value):
        message = "no PHP size; write a whole number and K, M or G, such as 512M"
        raise ValueError(message)
    return value


def php_bytes(value: str) -> int:
    """Return a PHP size in bytes."""
    return int(value[:-1]) * _PHP_UNITS[value[-1]]


def _cidr(value: str) -> str:
    network(value)
    return value


def network(value: str) -> IPv4Network | IPv6Network:
    """Return a network from CIDR notation."""
    if "/" not in value:
        message = f"has no prefix length; a single address is {value}/32"
        raise ValueError(message)
    try:
        return ip_network(value)
    except ValueError:
        pass
    try:
        loose = ip_network(value, strict=False)
    except ValueError:
        message = "no network; write CIDR notation such as 10.0.0.0/8"
        raise ValueError(message) from None
    message = f"has bits set behind its prefix; write {loose}"
    raise ValueError(message)


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


def _email(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        message = "no e-mail address; write one such as shop@example.com"
        raise ValueError(message)
    return value


def _line(value: str) -> str:
    if not value.isprintable():
        message = "contains a line break or a control character; write one line"
        raise ValueError(message)
    return value


def _certificate(value: str) -> str:
    if "-----BEGIN CERTIFICATE-----" not in value or "PRIVATE KEY" in value:
        message = "no certificate in PEM form; paste what is between BEGIN and END CERTIFICATE"
        raise ValueError(message)
    return value


Name = Annotated[str, AfterValidator(_name)]
"""Name of a namespace, or one that names of the shop's own objects are made of."""
DnsName = Annotated[str, AfterValidator(_dns_name)]
"""Name of an object that somebody else has made."""
LabelKey = Annotated[str, Field(pattern=_QUALIFIED)]
"""Key of a label or an annotation, with a prefix or without."""
LabelValue = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")]
"""Value of a label or a taint, which may be empty."""
Customer = Annotated[str, AfterValidator(_customer)]
Namespace = Annotated[str, AfterValidator(_namespace)]
Host = Annotated[str, AfterValidator(_host)]
CertificateName = Annotated[str, AfterValidator(_certificate_name)]
AcmeServer = Annotated[str, AfterValidator(_acme)]
Hostname = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")]
"""Name or address of a server inside or outside of the cluster."""
Server = Annotated[str, AfterValidator(_server)]
ImageReference = Annotated[str, AfterValidator(_image)]
Cpu = Annotated[str, AfterValidator(_cpu)]
Memory = Annotated[str, AfterValidator(_memory)]
StorageSize = Annotated[str, AfterValidator(_memory)]
PhpSize = Annotated[str, AfterValidator(_php_size)]
Cidr = Annotated[str, AfterValidator(_cidr)]
CronSchedule = Annotated[str, AfterValidator(_schedule)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
AdminPath = Annotated[str, AfterValidator(_admin_path)]
Email = Annotated[str, AfterValidator(_email)]
Line = Annotated[str, AfterValidator(_line), Field(min_length=1)]
Certificate = Annotated[str, AfterValidator(_certificate)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}_[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=1)]
