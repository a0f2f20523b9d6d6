"""Rules about images and the topology that they are for."""

from collections.abc import Iterator

from settings.model import Settings
from settings.violation import Violation


def nginx_image(settings: Settings) -> Iterator[Violation]:
    """Refuse an image that the topology has no use for."""
    if settings.web.topology == "apache" and settings.images.nginx is not None:
        yield Violation(
            ("images", "nginx"),
            "web.topology is apache: there is no nginx",
            "remove it; images.php holds Apache",
        )
