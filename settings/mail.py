"""Settings of the mail that the shop sends: confirmations of orders, new passwords."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from stackfile.needs import SecretUse
from stackfile.section import Section
from stackfile.types import Certificate, Cidr, Email, Hostname, Port

_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}


class NoMail(Section):
    """PHP's mail() fails and says so in the log. For dev, or where a module of the shop sends."""

    mode: Literal["none"]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the password."""
        yield SecretUse("mailPassword", unread="mail.username is not set")


class SmtpMail(Section):
    """A mail server takes what PHP's mail() is given."""

    mode: Literal["smtp"]
    host: Hostname
    """Name or address of the server."""
    port: Port | None = None
    """Default: 587 with `starttls`, 465 with `tls`, 25 with `none`."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; the server's certificate is always checked."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: those that the image `php` trusts."""
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+@=/-]{1,200}$")] | None = None
    """User at the server, whose password is `openmage:mailPassword`; default: none."""
    sender: Email = Field(alias="from")
    """Address that mail which cannot be delivered returns to."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)] = ("0.0.0.0/0",)
    """Networks in which the server is; default: the internet. Private networks are left out of a
    network that contains them."""

    @property
    def smtp_port(self) -> int:
        """Port to connect to."""
        return self.port or _PORTS[self.tls]

    def secret_uses(self) -> Iterator[SecretUse]:
        """Yield what becomes of the password."""
        if self.username is None:
            yield SecretUse("mailPassword", unread="mail.username is not set")
        else:
            yield SecretUse("mailPassword", required="mail.username is set: supply its password")


Mail = Annotated[NoMail | SmtpMail, Field(discriminator="mode")]
