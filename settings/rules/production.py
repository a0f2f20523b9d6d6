"""Additional rules for production."""

from collections.abc import Iterator

from settings.certificate import LetsEncryptTls, OwnIssuer
from settings.model import Settings
from settings.needs import images
from settings.rules.sizes import scaled
from stackfile.report import Violation
from stackfile.types import has_digest


def production(settings: Settings) -> Iterator[Violation]:
    """Require what production needs to stay up and keep its data."""
    if not settings.production:
        return
    for key in sorted(images(settings)):
        image = getattr(settings.images, key)
        if image is not None and not has_digest(image):
            yield Violation(
                ("images", key),
                "production runs exactly the image that was tested: a tag can be moved",
                "append the digest, @sha256:...",
            )
    for path, found in scaled(settings):
        if found.min_replicas < 2:  # noqa: PLR2004 (one and another)
            yield Violation(
                (*path, "minReplicas"),
                "with a single pod, draining its node takes the shop down",
                "use 2 or more",
            )
    if not settings.retain_data:
        yield Violation(
            ("retainData",),
            "production data must survive the stack",
            "remove the line; dev and staging may set it to false",
        )


def acme(settings: Settings) -> Iterator[Violation]:
    """Keep previews within Let's Encrypt's rate limits, and test certificates out of production."""
    chosen = settings.edge.tls
    if not isinstance(chosen, LetsEncryptTls) or not isinstance(chosen.issuer, OwnIssuer):
        return
    path = ("edge", "tls", "issuer", "server")
    if settings.environment == "dev" and chosen.issuer.server == "production":
        yield Violation(
            path,
            "short-lived environments would exhaust the domain's weekly certificate limit",
            "use staging, or one wildcard certificate for all previews (tls.mode secret)",
        )
    if settings.production and chosen.issuer.server == "staging":
        yield Violation(path, "browsers do not trust its certificates", "use production")
