"""The certificate that browsers see: given, there already, or asked for by cert-manager."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._certificates import NamedIssuer, OwnIssuer, certificate, own_issuer
from components._doors import SOLVER_PORT, SOLVERS, controllers, let_in
from components._objects import ShopArgs, auto_named


class NoCertificate(TypedDict):
    """Nothing of the shop ends TLS."""

    mode: Literal["none"]


class ExistingSecret(TypedDict):
    """A certificate that is in the namespace already."""

    mode: Literal["secret"]
    secret: str
    """Name of the Secret, of type kubernetes.io/tls."""


class GivenCertificate(TypedDict):
    """A certificate that is given with the stack's secrets."""

    mode: Literal["certificate"]
    certificate: pulumi.Output[str]
    """Certificate chain, PEM."""
    private_key: pulumi.Output[str]
    """Private key, PEM."""


class IssuedCertificate(TypedDict):
    """A certificate that cert-manager asks for, and renews."""

    mode: Literal["issued"]
    secret: str
    """Name of the Secret that cert-manager keeps it in."""
    issuer: OwnIssuer | NamedIssuer
    names: Sequence[str]
    """Names in the certificate."""
    hosts: Sequence[str]
    """Every host of the shop, in the order of the edge's routes."""
    awaited: bool
    """Whether Pulumi waits for it; not with HTTP-01, which needs the edge first."""


class CertificateArgs(ShopArgs):
    """What the certificate is told."""

    given: NoCertificate | ExistingSecret | GivenCertificate | IssuedCertificate


class Certificate(pulumi.ComponentResource):
    """One certificate, in a Secret that the edge or the terminator uses."""

    secret: pulumi.Output[str] | None
    """Name of the Secret; None where nothing of the shop ends TLS."""

    def __init__(
        self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make what there is to make, or name what is there."""
        super().__init__("openmage:index:Certificate", name, None, opts)
        given = args["given"]
        self.secret = None
        if given["mode"] == "secret":
            self.secret = pulumi.Output.from_input(given["secret"])
        elif given["mode"] == "certificate":
            self.secret = self._given(name, args, given)
        elif given["mode"] == "issued":
            self.secret = self._issued(name, args, given)
        self.register_outputs({"secret": self.secret})

    def _given(self, name: str, args: ShopArgs, given: GivenCertificate) -> pulumi.Output[str]:
        secret = k8s.core.v1.Secret(
            name,
            # A new certificate is a new Secret: the old one serves until the edge has changed over.
            metadata=auto_named(name, args),
            type="kubernetes.io/tls",
            string_data={"tls.crt": given["certificate"], "tls.key": given["private_key"]},
            opts=pulumi.ResourceOptions(parent=self),
        )
        return secret.metadata.name

    def _issued(self, name: str, args: ShopArgs, given: IssuedCertificate) -> pulumi.Output[str]:
        issuer, child = given["issuer"], pulumi.ResourceOptions(parent=self)
        after: list[pulumi.Resource] = []
        if issuer["mode"] == "named":
            reference = {"kind": issuer["kind"], "name": issuer["name"]}
        else:
            own, made = own_issuer(name, args, issuer, given["hosts"], child)
            reference = {"kind": "Issuer", "name": own}
            after.append(made)
            let_in(
                f"{name}-solver",
                args,
                controllers(issuer["edge"], [issuer["way"]]),
                pods=SOLVERS,
                ports=[SOLVER_PORT],
                opts=child,
            )
        return certificate(
            name,
            args,
            secret=given["secret"],
            names=given["names"],
            issuer=reference,
            awaited=given["awaited"],
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=after)),
        )
