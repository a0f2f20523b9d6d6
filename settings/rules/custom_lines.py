"""Rules about the customer's own files for the web server."""

from collections.abc import Iterator

from settings.model import Settings
from settings.rules import apache_lines, nginx_lines
from settings.rules.nginx_grammar import Mistake
from settings.web import ApacheWeb
from stackfile.report import Hidden, Violation

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
    program = lines.Program(settings)
    for block, texts in files.items():
        for name, text in sorted(texts.items()):
            if found := program.mistakes(block, text):
                yield Hidden(("web", server, block, name), *_summary(found))


def _summary(found: list[Mistake]) -> tuple[str, str]:
    shown = found[:_SHOWN]
    reason = "; ".join(f"line {mistake.line}: {mistake.what}" for mistake in shown)
    if more := len(found) - len(shown):
        reason += f"; and {more} more"
    return reason, "; ".join(dict.fromkeys(mistake.fix for mistake in shown))
