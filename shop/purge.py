"""The part of local.xml that makes OpenMage purge the frontend cache."""

from typing import TypedDict

Tree = dict[str, "str | Tree"]

_FILES = {
    # The buttons of System > Cache Management.
    "adminhtml_cache_flush_all": "everything",
    "adminhtml_cache_flush_system": "everything",
    "clean_media_cache_after": "merged",
    "clean_catalog_images_cache_after": "images",
    "clean_configurable_swatches_cache_after": "swatches",
}
_PAGES = {
    # Saving an entity cleans the tags of the blocks that show it.
    "application_clean_cache": "tags",
    # Refreshing a single cache type cleans no tags.
    "adminhtml_cache_refresh_type": "pages",
}


class Purge(TypedDict):
    """Destination of purges."""

    address: str
    """Host and port that resolve to every pod of the frontend cache."""
    pages: bool
    """Whether pages are cached as well."""


def purge_nodes(purge: Purge) -> Tree:
    """Return the nodes below `global`: the address, and the observed OpenMage events."""
    events = _FILES | (_PAGES if purge["pages"] else {})
    return {
        "openmage_kubernetes": {"purge": purge["address"]},
        "events": {event: _observer(method) for event, method in events.items()},
    }


def _observer(method: str) -> Tree:
    observer: Tree = {"class": "OpenMage_Kubernetes_Purge", "method": method}
    return {"observers": {"openmage_kubernetes_purge": observer}}
