"""Outgoing mail."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import pulumi

from components.kit.files import secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.network_policies import EgressRule, outbound_policy
from shop.mail import msmtprc
from stackfile.servers import SmtpServer


class SmtpArgs(ShopArgs):
    """A mail server for the shop's mail."""

    mode: Literal["smtp"]
    """There is a server."""
    server: SmtpServer
    """Where it is, and the account at it."""
    domain: str
    """Name by which the shop introduces itself to the server."""
    password: pulumi.Output[str] | None
    """Password of the account's user; None without one."""
    egress: Sequence[EgressRule]
    """Networks in which the server is, with its port."""


class NoMailArgs(TypedDict):
    """No mail server."""

    mode: Literal["none"]
    """There is no server."""


class Mail(pulumi.ComponentResource):
    """PHP's mail() can reach the configured server, and no other."""

    account: pulumi.Output[str] | None
    """Name of the Secret with msmtp's account; None without a server."""

    def __init__(
        self,
        name: str,
        args: SmtpArgs | NoMailArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the account and the egress policy for its server, if there is one."""
        super().__init__("openmage:index:Mail", name, None, opts)
        self.account = None
        if args["mode"] == "smtp":
            child = pulumi.ResourceOptions(parent=self)
            outbound_policy(name, args, args["egress"], child)
            files = {
                "msmtprc": msmtprc(args["server"], args["domain"]),
                # Always present, so that they can be mounted; empty if they are not needed.
                "mail-password": args["password"] or "",
                "mail-ca.pem": args["server"].ca or "",
            }
            self.account = secret(name, auto_named(name, args), files, child)
        self.register_outputs({"account": self.account})
