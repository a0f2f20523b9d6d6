"""Rules about the mail that the shop sends."""

from collections.abc import Iterator

from settings.mail import SmtpMail
from settings.model import Settings
from stackfile.report import Violation
from stackfile.types import network


def smtp(settings: Settings) -> Iterator[Violation]:
    """Refuse what is not encrypted and should be."""
    mail = settings.mail
    if not isinstance(mail, SmtpMail) or mail.tls != "none":
        return
    if mail.username is not None:
        yield Violation(
            ("mail", "username"),
            "its password would cross the network in clear text",
            "use tls starttls or tls, or remove it",
        )
    if mail.ca is not None:
        yield Violation(
            ("mail", "ca"),
            "is never looked at: the connection is not encrypted",
            "use tls starttls or tls, or remove it",
        )
    if settings.production and any(network(cidr).is_global for cidr in mail.cidrs):
        yield Violation(
            ("mail", "tls"),
            "names and orders of customers would cross the internet in clear text",
            "use starttls or tls, or list the private networks of the server in cidrs",
        )
