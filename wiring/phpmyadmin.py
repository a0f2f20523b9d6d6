"""Arguments of phpMyAdmin."""

from components import Database
from components.phpmyadmin import PhpMyAdminArgs
from settings import Settings
from wiring import names
from wiring.common import ShopPodArgs


def args(settings: Settings, pods: ShopPodArgs, database: Database) -> PhpMyAdminArgs | None:
    """Return the arguments of phpMyAdmin; None where there is none."""
    chosen = settings.phpmyadmin
    if not chosen.enabled:
        return None
    return {
        **pods,
        "placement": chosen.placement,
        "image": settings.images.phpmyadmin,
        "resources": chosen.resources,
        "memory_limit": chosen.memory_limit,
        "host": database.server.apply(lambda server: server.host),
        "port": database.server.apply(lambda server: server.port),
        "ca": database.ca,
        # The admin pods' web server leads to its host.
        "client": None if chosen.host is None else names.ADMIN,
    }
