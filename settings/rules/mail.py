"""Rules about outgoing mail."""

from collections.abc import Iterator
from typing import assert_never

from settings.mail import NoMail, SmtpMail
from settings.model import Settings
from stackfile.report import Violation
from stackfile.types import network


def smtp(settings: Settings) -> Iterator[Violation]:
    """Refuse plaintext connections that should be encrypted."""
    match mail := settings.mail:
        case SmtpMail(tls="none"):
            yield from _clear_text(settings, mail)
        case NoMail() | SmtpMail():
            pass
        case _:
            assert_never(mail)


def _clear_text(settings: Settings, mail: SmtpMail) -> Iterator[Violation]:
    if mail.username is not None:
        yield Violation(
            ("mail", "username"),
            "the password would be sent in plaintext",
            "use tls starttls or tls, or remove it",
        )
    if mail.ca is not None:
        yield Violation(
            ("mail", "ca"),
            "has no effect: the connection is not encrypted",
            "use tls starttls or tls, or remove it",
        )
    if settings.production and any(network(cidr).is_global for cidr in mail.cidrs):
        yield Violation(
            ("mail", "tls"),
            "customers' names and orders would cross the internet in plaintext",
            "use starttls or tls, or list the private networks of the server in cidrs",
        )
