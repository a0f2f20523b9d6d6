"""Outgoing mail."""

from collections.abc import Sequence

import pulumi

from components.kit.files import secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.network_policies import EgressRule, outbound_policy
from shop.mail import NO_SENDMAIL, SENDMAIL, msmtprc
from stackfile.servers import SmtpServer


class MailArgs(ShopArgs):
    """Arguments of mail."""

    server: SmtpServer | None
    """Where the mail server is, and the account at it; None without one."""
    domain: str
    """Name by which the shop introduces itself to the server."""
    password: pulumi.Output[str] | None
    """Password of the account's user; None without one."""
    egress: Sequence[EgressRule]
    """Networks in which the server is, with its port."""


class Mail(pulumi.ComponentResource):
    """PHP's mail() can reach the configured server, and no other."""

    account: pulumi.Output[str] | None
    """Name of the Secret with msmtp's account; None without a server."""
    sendmail: str
    """Command line run by PHP's mail()."""

    def __init__(
        self, name: str, args: MailArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the account and the egress policy for its server, if there is one."""
        super().__init__("openmage:index:Mail", name, None, opts)
        self.account, self.sendmail = None, NO_SENDMAIL
        server = args["server"]
        if server is not None:
            child = pulumi.ResourceOptions(parent=self)
            outbound_policy(name, args, args["egress"], child)
            files = {
                "msmtprc": msmtprc(server, args["domain"]),
                # Always present, so that they can be mounted; empty if they are not needed.
                "mail-password": args["password"] or "",
                "mail-ca.pem": server.ca or "",
            }
            self.account = secret(name, auto_named(name, args), files, child)
            self.sendmail = SENDMAIL
        self.register_outputs({"account": self.account})
