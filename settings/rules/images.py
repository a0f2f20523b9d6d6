"""Rules about images and the topology that they are for."""

from collections.abc import Iterator

from settings.model import Settings
from settings.needs import images
from stackfile.report import Violation


def runs_nginx(settings: Settings) -> bool:
    """Return whether any pod runs nginx: a web pod, or the one that ends TLS."""
    return "nginx" in images(settings)


def nginx_image(settings: Settings) -> Iterator[Violation]:
    """Refuse an image that nothing has a use for, and an nginx that no image holds."""
    given = settings.images.nginx is not None
    if given and not runs_nginx(settings):
        yield Violation(
            ("images", "nginx"),
            "web.topology is apache: there is no nginx",
            "remove it; images.php holds Apache",
        )
    if not given and "nginx" not in settings.web.images and settings.frontend_cache.terminates_tls:
        yield Violation(
            ("images", "nginx"),
            "frontendCache.terminator needs an nginx, and web.topology apache has none",
            "name an image with nginx, such as docker.io/library/nginx with a version",
        )
