"""Settings of certificate issuers and their solvers."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field

from stackfile.certificates import AcmeAccount
from stackfile.section import Section
from stackfile.types import Host, Name

TOKEN_SECRET = "dns-token"  # noqa: S105 (the name of a Secret)
"""Secret with the provider's credential under the key `token`: `openmage-platform:dnsToken`."""


class _Http01Solver(Section):
    needs_token: ClassVar[bool] = False
    """Whether it refers to the DNS provider's credential."""
    validates_wildcards: ClassVar[bool] = False
    """Whether it can validate a wildcard."""


class IngressSolver(_Http01Solver):
    """HTTP-01, solved through an Ingress."""

    mode: Literal["http-01-ingress"]
    class_name: Name = Field(examples=["traefik"])
    """IngressClass that serves the names."""


class GatewaySolver(_Http01Solver):
    """HTTP-01, solved through a Gateway."""

    mode: Literal["http-01-gateway"]
    name: Name
    """Name of the Gateway that serves the names; it needs a listener on port 80."""
    namespace: Name
    """Namespace of the Gateway."""


class DnsSolver(Section):
    """DNS-01, which also validates wildcards."""

    validates_wildcards: ClassVar[bool] = True
    """Whether it can validate a wildcard."""
    mode: Literal["dns-01"]
    provider: Literal[
        "acmeDNS",
        "akamai",
        "azureDNS",
        "cloudDNS",
        "cloudflare",
        "digitalocean",
        "rfc2136",
        "route53",
        "webhook",
    ]
    """DNS provider, by cert-manager's name for it."""
    config: dict[str, Any]
    """The provider's part of a cert-manager solver, passed through. The credential is `name:
    dns-token`, `key: token`, and its value is `openmage-platform:dnsToken`."""
    zones: tuple[Host, ...] = ()
    """DNS zones that this solver is used for; default: all."""

    @property
    def needs_token(self) -> bool:
        """Whether the configuration refers to the credential."""
        return _refers(self.config)


Solver = IngressSolver | GatewaySolver | DnsSolver


class Issuer(AcmeAccount):
    """A ClusterIssuer by ACME."""

    name: Name
    """Name that shops refer to."""
    solver: Annotated[Solver, Field(discriminator="mode")]
    """How names are validated."""


def _refers(node: object) -> bool:
    if isinstance(node, Mapping):
        section = cast("Mapping[str, object]", node)
        return section.get("name") == TOKEN_SECRET or any(map(_refers, section.values()))
    return isinstance(node, tuple) and any(map(_refers, cast("tuple[object, ...]", node)))
