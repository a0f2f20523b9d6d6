"""Arguments of mail."""

from components import Tenant
from components.mail import NoMailArgs, SmtpArgs
from settings import Secrets, Settings
from settings.mail import SmtpMail
from shop.mail import NO_SENDMAIL, SENDMAIL
from wiring.common import given, of_shop
from wiring.tenant import egress


def args(settings: Settings, secrets: Secrets, tenant: Tenant) -> SmtpArgs | NoMailArgs:
    """Return the arguments of mail, by mode."""
    chosen = settings.mail
    if not isinstance(chosen, SmtpMail):
        return {"mode": "none"}
    return {
        **of_shop(settings, tenant),
        "mode": "smtp",
        "server": chosen,
        "domain": settings.hosts.shop[0],
        "password": None if chosen.username is None else given(secrets.mail_password),
        "egress": [egress(cidr, (chosen.smtp_port,)) for cidr in chosen.cidrs],
    }


def sendmail(settings: Settings) -> str:
    """Return the command line that PHP's mail() runs."""
    return SENDMAIL if isinstance(settings.mail, SmtpMail) else NO_SENDMAIL
