"""Rules about custom lines for php.ini, [mysqld] and the web server."""

from collections.abc import Iterator

from settings.model import Settings
from settings.rules import apache_lines, nginx_lines
from settings.rules.mysqld_lines import mysqld
from settings.rules.php_lines import ini
from settings.web import ApacheWeb
from stackfile.report import Hidden, Violation

__all__ = ["ini", "mysqld", "web_server"]

_CONFIG_MAP_BYTES = 2**20
_SHOWN = 5
"""Mistakes of one file that are reported at once."""


def web_server(settings: Settings) -> Iterator[Violation]:
    """Refuse files for nginx or Apache that break the program's own configuration."""
    files = settings.web.custom_files
    apache = isinstance(settings.web, ApacheWeb)
    server, lines = ("apache", apache_lines) if apache else ("nginx", nginx_lines)
    if not any(files.values()):
        return
    total = sum(len(text.encode()) for texts in files.values() for text in texts.values())
    if total > _CONFIG_MAP_BYTES * 9 // 10:
        yield Violation(
            ("web", server), "exceeds the limit of a ConfigMap, 1 MiB", "put it into the image"
        )
        return
    for (block, name), found in lines.mistakes(settings, files).items():
        if found:
            shown = found[:_SHOWN]
            reason = "; ".join(f"line {mistake.line}: {mistake.what}" for mistake in shown)
            if more := len(found) - len(shown):
                reason += f"; and {more} more"
            fix = "; ".join(dict.fromkeys(mistake.fix for mistake in shown))
            yield Hidden(("web", server, block, name), reason, fix)
