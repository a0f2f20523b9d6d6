"""The certificate for browsers: supplied, existing, or issued by cert-manager."""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

import pulumi

from components.edge.cert_manager import Http01, certificate, own_issuer
from components.edge.network_policies import SOLVER_PORT, SOLVERS, controllers
from components.kit.files import secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.network_policies import from_peers, policy
from components.kit.workload import after
from stackfile.certificates import NamedIssuer, OwnIssuer


class GivenCertificate(NamedTuple):
    """A certificate supplied in the stack's secrets, which is made into a Secret."""

    certificate: pulumi.Output[str]
    """Certificate chain, PEM."""
    private_key: pulumi.Output[str]
    """Private key, PEM."""


class IssuedCertificate(NamedTuple):
    """A certificate that cert-manager requests, and renews."""

    secret: str
    """Name of the Secret that cert-manager stores it in."""
    issuer: OwnIssuer | NamedIssuer
    """Issuer to make, or one of the cluster."""
    http01: Http01 | None
    """Where an issuer of the shop's own is asked for proof; None with any other issuer."""
    names: Sequence[str]
    """Names in the certificate."""
    awaited: bool
    """Whether Pulumi waits for it; not with HTTP-01, which needs the edge to exist first."""


Source = GivenCertificate | IssuedCertificate | str | None
"""One to make, or the name of a Secret of type kubernetes.io/tls that is there already; None where
nothing of the shop terminates TLS."""


class CertificateArgs(ShopArgs):
    """Arguments of the certificate."""

    source: Source
    """Where it comes from."""


class Certificate(pulumi.ComponentResource):
    """One certificate, in a Secret that the edge or the terminator uses."""

    secret: pulumi.Output[str] | None
    """Name of the Secret; None where nothing of the shop terminates TLS."""

    def __init__(
        self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the certificate's objects, or refer to an existing Secret."""
        super().__init__("openmage:index:Certificate", name, None, opts)
        self.secret = self._secret(name, args)
        self.register_outputs({"secret": self.secret})

    def _secret(self, name: str, args: CertificateArgs) -> pulumi.Output[str] | None:
        match source := args["source"]:
            case None:
                return None
            case str():
                return pulumi.Output.from_input(source)
            case GivenCertificate():
                return self._given(name, args, source)
            case IssuedCertificate():
                return self._issued(name, args, source)
            case _:
                assert_never(source)

    def _given(self, name: str, args: ShopArgs, given: GivenCertificate) -> pulumi.Output[str]:
        files = {"tls.crt": given.certificate, "tls.key": given.private_key}
        child = pulumi.ResourceOptions(parent=self)
        # A new certificate is a new Secret: the old one is used until the edge has switched.
        return secret(name, auto_named(name, args), files, child, "kubernetes.io/tls")

    def _issued(self, name: str, args: ShopArgs, given: IssuedCertificate) -> pulumi.Output[str]:
        issuer, child = given.issuer, pulumi.ResourceOptions(parent=self)
        made: list[pulumi.Resource] = []
        match issuer:
            case NamedIssuer():
                reference = {"kind": issuer.kind, "name": issuer.name}
            case OwnIssuer():
                own, issued = self._own_issuer(name, args, issuer, given.http01)
                reference = {"kind": "Issuer", "name": own}
                made.append(issued)
            case _:
                assert_never(issuer)
        return certificate(
            name,
            args,
            secret=given.secret,
            names=given.names,
            issuer=reference,
            awaited=given.awaited,
            opts=after(made, child),
        )

    def _own_issuer(
        self, name: str, args: ShopArgs, issuer: OwnIssuer, http01: Http01 | None
    ) -> tuple[str, pulumi.Resource]:
        """Make an issuer, and let the controller reach the pods that answer for it."""
        if http01 is None:
            message = "an issuer of the shop's own needs a route for HTTP-01"
            raise ValueError(message)
        child = pulumi.ResourceOptions(parent=self)
        made = own_issuer(name, args, issuer, http01, child)
        peers = controllers(http01["edge"], [http01["route"]])
        ingress = [from_peers(peers, SOLVER_PORT)]
        policy(f"{name}-solver", args, SOLVERS, child, ingress=ingress)
        return made
