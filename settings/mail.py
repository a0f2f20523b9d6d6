"""Settings of the mail that the shop sends: confirmations of orders, new passwords."""

from typing import Annotated, Literal

from pydantic import Field

from stackfile.section import Section
from stackfile.servers import SmtpServer


class NoMail(Section):
    """PHP's mail() fails and says so in the log. For dev, or where a module of the shop sends."""

    mode: Literal["none"]


class SmtpMail(SmtpServer):
    """A mail server takes what PHP's mail() is given."""

    mode: Literal["smtp"]


Mail = Annotated[NoMail | SmtpMail, Field(discriminator="mode")]
