"""What the shop's cluster is asked before anything is registered."""

from cluster.check import check_cluster
from cluster.connect import kubectl
from settings import Settings
from settings.load import is_offline
from settings.model import SHOP
from settings.needs import prerequisites


def check(settings: Settings) -> None:
    """Refuse what the cluster lacks; an offline preview has no cluster to ask."""
    if not is_offline():
        check_cluster(
            SHOP,
            prerequisites(settings),
            kubectl(settings.cluster.context),
            temporary=settings.environment == "dev",
        )
