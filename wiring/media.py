"""Arguments of the media volume."""

from components import Tenant
from components.media import MediaArgs
from settings import Settings
from wiring.common import of_shop, retention


def args(settings: Settings, tenant: Tenant) -> MediaArgs:
    """Return the arguments of the media volume."""
    return {
        **of_shop(settings, tenant),
        "volume": settings.media,
        "retention": retention(settings),
    }
