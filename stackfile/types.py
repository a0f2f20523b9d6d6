"""Value types of stack files: each knows its form, and says how to correct a wrong value."""

import re
from collections.abc import Callable, Iterator
from functools import wraps
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


_IMAGE = re.compile(
    r"(?P<repository>([a-z0-9.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*)"
    r"(:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(@(?P<digest>sha256:[0-9a-f]{64}))?"
)


_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


_HOST_LENGTH = 253


_QUALIFIED = (
    r"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
)


def _refused(reasons: Callable[[str], Iterator[str]]) -> Callable[[str], str]:
    """Return a function that returns a value, or refuses it with the first reason against it."""

    @wraps(reasons)
    def check(value: str) -> str:
        for reason in reasons(value):
            raise ValueError(reason)
        return value

    return check


def _form(pattern: str, reason: str) -> Callable[[str], str]:
    """Return a function that refuses a value of any other form."""
    return _refused(lambda value: iter(() if re.fullmatch(pattern, value) else (reason,)))


def _is_labels(value: str) -> bool:
    parts = value.split(".")
    return len(value) <= _HOST_LENGTH and all(re.fullmatch(_LABEL, part) for part in parts)


kubernetes_name = _form(
    _LABEL, "is not a Kubernetes name; use up to 63 lower-case letters, digits, inner hyphens"
)
"""Returns a name that is a DNS label; refuses any other."""


@_refused
def _dns_name(value: str) -> Iterator[str]:
    if not _is_labels(value):
        yield "is not a Kubernetes name; use lower-case letters, digits, inner hyphens and dots"


@_refused
def _host(value: str) -> Iterator[str]:
    if "/" in value:
        yield "has a scheme or a path; give the bare host, such as shop.example.com"
    if ":" in value:
        yield "has a port; the shop only uses ports 80 and 443: give the bare host"
    if value != value.lower() or "_" in value:
        yield "has upper case or an underscore; host names have neither"
    if _is_address(value):
        yield "is an IP address; use a host name, which cookies and certificates need"
    if value.startswith("*."):
        yield "is a wildcard; name each host"
    if "." not in value:
        yield "has no domain; give the fully qualified name, such as shop.example.com"
    if not _is_labels(value):
        yield "is not a host name; each label has 1 to 63 letters, digits or inner hyphens"


def _server_host(value: str) -> str:
    # With ndots 2 the resolver of Alpine takes it for a whole name; others add the domain.
    if value.count(".") > 1 and value.endswith(".svc"):
        message = (
            "is not found by images with Alpine; leave .svc out, or write the whole name, which"
            " ends in .svc.cluster.local or in the cluster's own domain"
        )
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


@_refused
def _acme(value: str) -> Iterator[str]:
    if value not in {"staging", "production"} and not re.fullmatch(r"https://[^/\s]+/\S*", value):
        yield "is not an ACME server; write staging, production or the URL of a directory"
    if re.match(r"https://[^/]*letsencrypt\.org[/:]", value, re.IGNORECASE):
        # The rules recognise Let's Encrypt's two servers by these names.
        yield "is Let's Encrypt's own URL; write staging or production"


@_refused
def _image(value: str) -> Iterator[str]:
    match = _IMAGE.fullmatch(value)
    if not match:
        yield "is not an image reference; in lower case, write name:tag or name@sha256:..."
    elif match["digest"] is None and match["tag"] in (None, "latest"):
        yield "has no version; add a tag that is never moved, or a digest"


def has_digest(image: str) -> bool:
    """Return whether the reference is pinned by digest."""
    return "@sha256:" in image


def image_tag(image: str) -> str | None:
    """Return the tag of an image reference, if it has one."""
    match = _IMAGE.fullmatch(image)
    return match["tag"] if match else None


@_refused
def _cpu(value: str) -> Iterator[str]:
    if not re.fullmatch(r"\d+m|\d+(\.\d+)?", value) or millicores(value) <= 0:
        yield "is not a CPU quantity; write cores such as 0.5 or millicores such as 500m"


def millicores(value: str) -> int:
    """Return a CPU quantity in millicores."""
    return int(value[:-1]) if value.endswith("m") else round(float(value) * 1000)


@_refused
def _memory(value: str) -> Iterator[str]:
    if not re.fullmatch(r"\d+(\.\d+)?(Ki|Mi|Gi|Ti)", value) or bytes_of(value) <= 0:
        yield "is not a memory quantity; write a number and Ki, Mi, Gi or Ti, such as 512Mi"


def bytes_of(value: str) -> int:
    """Return a memory or storage quantity in bytes."""
    return int(float(value[:-2]) * _UNITS[value[-2:]])


def network(value: str) -> IPv4Network | IPv6Network:
    """Return a network from CIDR notation; refuse any other text."""
    return ip_network(_cidr(value))


@_refused
def _cidr(value: str) -> Iterator[str]:
    if "/" not in value:
        yield f"has no prefix length; a single address is {value}/32"
    try:
        loose = ip_network(value, strict=False)
    except ValueError:
        yield "is not a network; write CIDR notation such as 10.0.0.0/8"
    else:
        if int(loose.network_address) != int(ip_interface(value)):
            yield f"has host bits set; write {loose}"


@_refused
def _line(value: str) -> Iterator[str]:
    if not value.isprintable():
        yield "contains a line break or a control character; write one line"


@_refused
def _certificate(value: str) -> Iterator[str]:
    if "-----BEGIN CERTIFICATE-----" not in value or "PRIVATE KEY" in value:
        yield "is not a PEM certificate; paste it including the BEGIN and END CERTIFICATE lines"


_server = _form(
    r"https://[^/\s]+",
    "is not an API server's URL; copy it from the kubeconfig: https://10.0.0.1:6443",
)
_email = _form(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "is not an e-mail address; use one such as shop@example.com",
)


Name = Annotated[str, AfterValidator(kubernetes_name), Field(title="Kubernetes name")]
"""Name of a namespace, or a prefix of object names."""


FOREIGN = "a namespace of others"
"""Mark of a field that names a namespace which is not the stack's own."""
ForeignNamespace = Annotated[Name, FOREIGN]


DnsName = Annotated[str, AfterValidator(_dns_name), Field(title="Kubernetes name")]
"""Name of an object that already exists in the cluster."""


LabelKey = Annotated[str, Field(pattern=_QUALIFIED, title="label key")]
"""Key of a label or an annotation, with a prefix or without."""


LabelValue = Annotated[
    str, Field(pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$", title="label value")
]
"""Value of a label or a taint; may be empty."""


Host = Annotated[
    str, AfterValidator(_host), Field(title="host name", examples=["shop.example.com"])
]


CertificateName = Annotated[
    str, AfterValidator(_certificate_name), Field(title="host name", examples=["*.example.com"])
]


AcmeServer = Annotated[str, AfterValidator(_acme), Field(title="ACME server")]


Hostname = Annotated[
    str,
    AfterValidator(_server_host),
    Field(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        title="name or address",
        examples=["server.example.com"],
    ),
]
"""Host name or address of a server inside or outside the cluster."""


Server = Annotated[
    str, AfterValidator(_server), Field(title="address", examples=["https://203.0.113.10:6443"])
]


ImageReference = Annotated[
    str,
    AfterValidator(_image),
    Field(title="image reference", examples=["registry.example.com/shop:1.4.2"]),
]


Cpu = Annotated[str, AfterValidator(_cpu), Field(title="amount of CPU", examples=["500m"])]


Memory = Annotated[
    str, AfterValidator(_memory), Field(title="amount of memory", examples=["512Mi"])
]


StorageSize = Annotated[
    str, AfterValidator(_memory), Field(title="amount of storage", examples=["20Gi"])
]


Cidr = Annotated[str, AfterValidator(_cidr), Field(title="network", examples=["203.0.113.0/24"])]


Email = Annotated[
    str, AfterValidator(_email), Field(title="e-mail address", examples=["shop@example.com"])
]


Line = Annotated[str, AfterValidator(_line), Field(min_length=1, title="line of text")]


Certificate = Annotated[str, AfterValidator(_certificate), Field(title="certificate in PEM form")]


Port = Annotated[int, Field(ge=1, le=65535, title="port")]


Seconds = Annotated[int, Field(ge=1, title="number of seconds")]
