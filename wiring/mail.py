"""Arguments of mail."""

from typing import assert_never

from components import Tenant
from components.mail import MailArgs
from settings import Secrets, Settings
from settings.mail import NoMail, SmtpMail
from wiring.common import of_shop
from wiring.tenant import egress_to


def args(settings: Settings, secrets: Secrets, tenant: Tenant) -> MailArgs:
    """Return the arguments of mail."""
    match chosen := settings.mail:
        case NoMail():
            server, egress = None, []
        case SmtpMail():
            server = chosen
            egress = [egress_to(cidr, (chosen.smtp_port,)) for cidr in chosen.cidrs]
        case _:
            assert_never(chosen)
    return {
        **of_shop(settings, tenant),
        "server": server,
        "domain": settings.hosts.shop[0],
        "password": secrets.mail_password,
        "egress": egress,
    }
