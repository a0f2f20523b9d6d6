"""Who issues certificates: an ACME server, or an issuer that the cluster has."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Literal

from stackfile.needs import Named, Prerequisites
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import AcmeServer, Certificate, DnsName, Email
from stackfile.values import Resources

CERT_MANAGER_API = "cert-manager.io/v1"
ACME_DIRECTORIES = {
    "staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
    "production": "https://acme-v02.api.letsencrypt.org/directory",
}
"""Let's Encrypt's two servers."""
SOLVER_RESOURCES = Resources.of(requests=("10m", "32Mi"), limits=("100m", "64Mi"))
"""Of a pod by which cert-manager answers HTTP-01, one for each name."""


class AcmeAccount(Section):
    """An account at an ACME server."""

    email: Email
    """Contact address of the ACME account."""
    server: AcmeServer = "staging"
    """Let's Encrypt's `staging` (not trusted by browsers) or `production`, or the directory of
    another ACME server."""
    ca: Certificate | None = None
    """Certificate authority of another ACME server, PEM; default: the public ones."""

    @property
    def directory(self) -> str:
        """Address of the server's directory."""
        return ACME_DIRECTORIES.get(self.server, self.server)

    def acme(self, key: str, solver: Mapping[str, Any]) -> dict[str, Any]:
        """Return an issuer's `acme`; the Secret `key` holds the account's private key."""
        acme: dict[str, Any] = {
            "server": self.directory,
            "email": self.email,
            "privateKeySecretRef": {"name": key},
            "solvers": [solver],
        }
        if self.ca is not None:
            acme["caBundle"] = b64encode(self.ca.encode()).decode()
        return acme


class OwnIssuer(AcmeAccount):
    """A dedicated issuer, which solves HTTP-01 challenges through the shop's edge."""

    mode: Literal["http-01"]


class NamedIssuer(Section):
    """An existing issuer of the cluster, for example with a DNS-01 solver."""

    mode: Literal["named"]
    kind: Literal["ClusterIssuer", "Issuer"] = "ClusterIssuer"
    name: DnsName
    """Name of the issuer; an Issuer must be in the shop's namespace."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield the ClusterIssuer; the namespace of an Issuer may not be there yet."""
        if self.kind == "ClusterIssuer":
            where = f"/apis/{CERT_MANAGER_API}/clusterissuers"
            part = "certManager.issuers"
            yield Named((*path, "name"), "ClusterIssuer", where, self.name, part=part)
