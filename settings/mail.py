"""Settings of outgoing mail: order confirmations, password resets."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from stackfile.needs import SecretUse
from stackfile.section import Section
from stackfile.servers import SmtpServer


class NoMail(Section):
    """PHP's mail() fails and logs it. For dev, or where a module of the shop sends mail."""

    mode: Literal["none"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the password."""
        yield SecretUse("mailPassword", unread="mail.username is not set")


class SmtpMail(SmtpServer):
    """PHP's mail() delivers to a mail server."""

    mode: Literal["smtp"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the password."""
        if self.username is None:
            yield SecretUse("mailPassword", unread="mail.username is not set")
        else:
            yield SecretUse("mailPassword", required="mail.username is set: supply its password")


Mail = Annotated[NoMail | SmtpMail, Field(discriminator="mode")]
