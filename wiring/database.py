"""Arguments of the database."""

from components.database.database import DatabaseArgs
from settings import Secrets, Settings
from wiring.common import ShopPodArgs, retention


def args(settings: Settings, secrets: Secrets, pods: ShopPodArgs) -> DatabaseArgs:
    """Return the arguments of the database."""
    return {
        **pods,
        "server": settings.database,
        "image": settings.images.mariadb,
        "shared": settings.media,
        "retention": retention(settings),
        "password": secrets.database_password,
        "root_password": secrets.database_root_password,
    }
