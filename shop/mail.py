"""How PHP's mail() sends: msmtp and its account, or a reason in the log."""

from typing import Literal, TypedDict

from shop.constants import ETC

RC = f"{ETC}/msmtprc"
"""Where pods find the account."""
PASSWORD = f"{ETC}/mail-password"
CA = f"{ETC}/mail-ca.pem"
SENDMAIL = f"/usr/bin/msmtp -C {RC} -t"
"""PHP's sendmail_path."""
NO_SENDMAIL = "cat >/dev/null; echo 'mail is not sent: openmage:shop.mail.mode is none' >&2; false"
"""PHP's sendmail_path where there is no server: mail() returns false at once, and says why."""


class Smtp(TypedDict):
    """An account at a mail server."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    ca: bool
    """Whether the server's certificate authority is one of one's own."""
    username: str | None
    sender: str
    """Sender of the envelope."""
    domain: str
    """Name that the shop gives itself."""


def msmtprc(account: Smtp) -> str:
    """Return msmtp's configuration; nothing in it is secret."""
    lines = [
        "account default",
        f"host {account['host']}",
        f"port {account['port']}",
        f"from {account['sender']}",
        f"domain {account['domain']}",
        # Nobody waits for ever for a server that does not answer.
        "timeout 20",
    ]
    if account["tls"] != "none":
        lines += ["tls on", f"tls_starttls {'on' if account['tls'] == 'starttls' else 'off'}"]
    if account["ca"]:
        lines.append(f"tls_trust_file {CA}")
    if account["username"] is not None:
        # A password in this file would have to be owned by the user, and a Secret's is root's.
        lines += ["auth on", f"user {account['username']}", f'passwordeval "cat {PASSWORD}"']
    return "\n".join(lines) + "\n"
