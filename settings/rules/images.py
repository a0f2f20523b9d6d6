"""Rules about images and the topology they are used in."""

from collections.abc import Iterator

from settings.model import Settings
from settings.needs import images
from stackfile.report import Violation


def runs_nginx(settings: Settings) -> bool:
    """Return whether any pod runs nginx: a web pod, or the terminator."""
    return "nginx" in images(settings)


def nginx_image(settings: Settings) -> Iterator[Violation]:
    """Refuse an unused nginx image, and a terminator without one."""
    given = settings.images.nginx is not None
    if given and not runs_nginx(settings):
        yield Violation(
            ("images", "nginx"),
            "is not used: with web.topology apache there is no nginx",
            "remove it; images.php holds Apache",
        )
    if not given and "nginx" not in settings.web.images and settings.frontend_cache.terminates_tls:
        yield Violation(
            ("images", "nginx"),
            "is required: frontendCache.terminator needs nginx, and web.topology apache has none",
            "name an nginx image, such as docker.io/library/nginx with a version",
        )
