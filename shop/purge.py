"""What OpenMage tells the frontend cache, and when: the part of local.xml that says so."""

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
    # Whatever is saved names the tags of the blocks that show it.
    "application_clean_cache": "tags",
    # Caches that are refreshed one by one name no tags.
    "adminhtml_cache_refresh_type": "pages",
}


class Purge(TypedDict):
    """Where to say what has changed."""

    address: str
    """Host and port that lead to every pod of the frontend cache."""
    pages: bool
    """Whether pages are cached as well."""


def purge_nodes(purge: Purge) -> Tree:
    """Return the nodes below `global`: the address, and the events of OpenMage that matter."""
    events = _FILES | (_PAGES if purge["pages"] else {})
    return {
        "openmage_kubernetes": {"purge": purge["address"]},
        "events": {event: _observer(method) for event, method in events.items()},
    }


def _observer(method: str) -> Tree:
    observer: Tree = {"class": "OpenMage_Kubernetes_Purge", "method": method}
    return {"observers": {"openmage_kubernetes_purge": observer}}
