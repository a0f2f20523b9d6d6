"""What several components are told in the same words."""

import pulumi

from components import Tenant
from components._claims import Retention
from components._claims import Storage as StorageArgs
from components._objects import ShopArgs
from components._php import PhpArgs
from components._pods import Placement as PlacementArgs
from components._pods import PodArgs
from components._pods import Resources as ResourcesArgs
from settings import Settings
from settings.stores import Storage
from settings.tiers import Placement, Resources


class ShopPodArgs(ShopArgs, PodArgs):
    """What all pods of the shop are told."""


class CodeArgs(ShopArgs, PhpArgs):
    """What all pods with the shop's code are told."""


def of_shop(settings: Settings, tenant: Tenant) -> ShopArgs:
    """Return what every object of the shop is told."""
    return {"namespace": tenant.namespace, "labels": settings.labels}


def retention(settings: Settings) -> Retention:
    """Return how hard it is to lose data."""
    return {"protect": settings.production, "retain": settings.retain_data}


def storage(storage: Storage) -> StorageArgs:
    """Return a volume to claim."""
    return {"size": storage.size, "storage_class": storage.storage_class}


def resources(resources: Resources) -> ResourcesArgs:
    """Return what a container asks for."""
    requests, limits = resources.requests, resources.limits
    return {
        "requests": {"cpu": requests.cpu, "memory": requests.memory},
        "limits": {"cpu": limits.cpu, "memory": limits.memory},
    }


def placement(placement: Placement) -> PlacementArgs:
    """Return on which nodes pods run."""
    return {
        "node_selector": placement.node_selector,
        "tolerations": [
            {"key": taint.key, "value": taint.value, "effect": taint.effect}
            for taint in placement.tolerations
        ],
        "priority_class": placement.priority_class,
    }


def given(secret: pulumi.Output[str] | None) -> pulumi.Output[str]:
    """Return a secret that the settings have demanded."""
    if secret is None:
        message = "a required secret passed the settings' checks without being there"
        raise AssertionError(message)
    return secret
