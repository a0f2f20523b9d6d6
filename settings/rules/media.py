"""Rules about the media volume."""

from collections.abc import Iterator

from settings.model import Settings
from stackfile.report import Violation


def media(settings: Settings) -> Iterator[Violation]:
    """Refuse a volume that cannot be mounted on several nodes."""
    if settings.media.access_mode == "ReadWriteMany":
        return
    if settings.environment != "dev" or settings.web.storefront.autoscaling.max_replicas > 1:
        yield Violation(
            ("media", "accessMode"),
            "pods on several nodes share this volume, and ReadWriteOnce allows one node only",
            "use ReadWriteMany; ReadWriteOnce is for dev, with maxReplicas 1",
        )
