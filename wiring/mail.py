"""Arguments of mail."""

from typing import assert_never

from components import Tenant
from components.mail import NoMailArgs, SmtpArgs
from settings import Secrets, Settings
from settings.mail import NoMail, SmtpMail
from shop.mail import NO_SENDMAIL, SENDMAIL
from wiring.common import given, of_shop
from wiring.tenant import egress


def args(settings: Settings, secrets: Secrets, tenant: Tenant) -> SmtpArgs | NoMailArgs:
    """Return the arguments of mail, by mode."""
    match chosen := settings.mail:
        case NoMail():
            return {"mode": "none"}
        case SmtpMail():
            return _smtp(settings, chosen, secrets, tenant)
        case _:
            assert_never(chosen)


def _smtp(settings: Settings, chosen: SmtpMail, secrets: Secrets, tenant: Tenant) -> SmtpArgs:
    return {
        **of_shop(settings, tenant),
        "mode": "smtp",
        "server": chosen,
        "domain": settings.hosts.shop[0],
        "password": None if chosen.username is None else given(secrets.mail_password),
        "egress": [egress(cidr, (chosen.smtp_port,)) for cidr in chosen.cidrs],
    }


def sendmail(settings: Settings) -> str:
    """Return the command line run by PHP's mail()."""
    match chosen := settings.mail:
        case NoMail():
            return NO_SENDMAIL
        case SmtpMail():
            return SENDMAIL
        case _:
            assert_never(chosen)
