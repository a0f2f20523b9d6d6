"""Rules about the namespace that the shop has for itself."""

from collections.abc import Iterator

from settings.model import Settings
from settings.needs import foreign_namespaces
from stackfile.report import Violation


def neighbours(settings: Settings) -> Iterator[Violation]:
    """Refuse a namespace of somebody else: the shop would close it to everybody."""
    for path, namespace in foreign_namespaces(settings):
        if namespace == settings.namespace_name:
            yield Violation(
                path,
                "is the shop's own namespace, where nobody else's pods can work",
                "name the namespace of those pods, or set namespace to one of the shop's own",
            )
