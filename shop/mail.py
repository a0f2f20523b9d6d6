"""Configuration of PHP's mail(): msmtp and its account, or an error in the log."""

from shop.constants import ETC
from stackfile.servers import SmtpServer

RC = f"{ETC}/msmtprc"
"""Mount path of the account."""
PASSWORD = f"{ETC}/mail-password"
CA = f"{ETC}/mail-ca.pem"
SENDMAIL = f"/usr/bin/msmtp -C {RC} -t"
"""PHP's sendmail_path."""
NO_SENDMAIL = "cat >/dev/null; echo 'mail is not sent: openmage:shop.mail.mode is none' >&2; false"
"""PHP's sendmail_path without a server: mail() returns false at once and logs the reason."""


def msmtprc(server: SmtpServer, domain: str) -> str:
    """Return msmtp's configuration, in which `domain` names the shop; nothing in it is secret."""
    lines = [
        "account default",
        f"host {server.host}",
        f"port {server.smtp_port}",
        f"from {server.sender}",
        f"domain {domain}",
        # Do not wait forever for a server that does not respond.
        "timeout 20",
    ]
    if server.tls != "none":
        lines += ["tls on", f"tls_starttls {'on' if server.tls == 'starttls' else 'off'}"]
    if server.ca is not None:
        lines.append(f"tls_trust_file {CA}")
    if server.username is not None:
        # msmtp requires a file with a password to be its user's; a Secret's files are root's.
        lines += ["auth on", f"user {server.username}", f'passwordeval "cat {PASSWORD}"']
    return "\n".join(lines) + "\n"
