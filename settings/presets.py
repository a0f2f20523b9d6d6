"""Sizes of a shop: each preset says what is left out of the stack file."""

# What comes out of YAML or off the wire has no type until it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Mapping
from typing import Any

from stackfile.merge import merge

Tree = dict[str, Any]


def _resources(requests: tuple[str, str], limits: tuple[str, str], key: str = "resources") -> Tree:
    cpu, memory = requests
    cpu_limit, memory_limit = limits
    return {
        key: {
            "requests": {"cpu": cpu, "memory": memory},
            "limits": {"cpu": cpu_limit, "memory": memory_limit},
        }
    }


PRESETS: Mapping[str, Tree] = {
    # At most 0.5 CPU and 2 GiB requested, for the whole shop at rest.
    "small": {
        "web": {
            "storefront": {
                "autoscaling": {"minReplicas": 1, "maxReplicas": 3},
                "php": _resources(("100m", "256Mi"), ("1", "768Mi")),
                "nginx": _resources(("50m", "32Mi"), ("200m", "64Mi")),
            },
            "admin": {
                "php": _resources(("40m", "256Mi"), ("1", "768Mi")),
                "nginx": _resources(("10m", "32Mi"), ("200m", "64Mi")),
            },
        },
        "cron": _resources(("50m", "192Mi"), ("1", "1280Mi")),
        "database": {
            "storage": {"size": "8Gi"},
            "maxConnections": 60,
            **_resources(("100m", "512Mi"), ("1", "512Mi")),
        },
        "cache": {
            "sessions": {
                "storage": {"size": "1Gi"},
                **_resources(("20m", "64Mi"), ("200m", "64Mi")),
            },
            "cache": _resources(("20m", "96Mi"), ("200m", "96Mi")),
        },
        "media": {"storage": {"size": "10Gi"}},
        "frontendCache": {
            **_resources(("20m", "128Mi"), ("500m", "128Mi")),
            **_resources(("20m", "32Mi"), ("500m", "64Mi"), "terminatorResources"),
        },
        "phpMyAdmin": _resources(("10m", "64Mi"), ("200m", "192Mi")),
    },
    "medium": {
        "web": {
            "storefront": {
                "autoscaling": {"minReplicas": 2, "maxReplicas": 6},
                "php": _resources(("500m", "1Gi"), ("2", "1536Mi")),
                "nginx": _resources(("50m", "64Mi"), ("500m", "128Mi")),
            },
            "admin": {
                "php": _resources(("250m", "512Mi"), ("2", "1Gi")),
                "nginx": _resources(("20m", "32Mi"), ("200m", "64Mi")),
            },
        },
        "cron": _resources(("250m", "512Mi"), ("1", "1536Mi")),
        "database": {
            "storage": {"size": "30Gi"},
            "maxConnections": 120,
            **_resources(("1", "4Gi"), ("4", "4Gi")),
        },
        "cache": {
            "sessions": {
                "storage": {"size": "2Gi"},
                **_resources(("100m", "256Mi"), ("500m", "256Mi")),
            },
            "cache": _resources(("100m", "512Mi"), ("500m", "512Mi")),
        },
        "media": {"storage": {"size": "50Gi"}},
        "frontendCache": {
            **_resources(("100m", "512Mi"), ("1", "512Mi")),
            **_resources(("50m", "64Mi"), ("1", "128Mi"), "terminatorResources"),
        },
        "phpMyAdmin": _resources(("20m", "96Mi"), ("500m", "256Mi")),
    },
    "large": {
        "web": {
            "storefront": {
                "autoscaling": {"minReplicas": 3, "maxReplicas": 12},
                "php": _resources(("1", "2Gi"), ("4", "2560Mi")),
                "nginx": _resources(("100m", "64Mi"), ("1", "256Mi")),
            },
            "admin": {
                "replicas": 2,
                "php": _resources(("500m", "1Gi"), ("2", "1536Mi")),
                "nginx": _resources(("50m", "64Mi"), ("500m", "128Mi")),
            },
        },
        "cron": _resources(("500m", "1Gi"), ("2", "2Gi")),
        "database": {
            "storage": {"size": "100Gi"},
            "maxConnections": 300,
            **_resources(("4", "16Gi"), ("8", "16Gi")),
        },
        "cache": {
            "sessions": {
                "storage": {"size": "5Gi"},
                **_resources(("250m", "1Gi"), ("1", "1Gi")),
            },
            "cache": _resources(("250m", "2Gi"), ("1", "2Gi")),
        },
        "media": {"storage": {"size": "200Gi"}},
        "frontendCache": {
            **_resources(("500m", "2Gi"), ("2", "2Gi")),
            **_resources(("250m", "128Mi"), ("2", "256Mi"), "terminatorResources"),
        },
        "phpMyAdmin": _resources(("50m", "128Mi"), ("500m", "384Mi")),
    },
}


def complete(tree: Tree) -> Tree:
    """Return the tree with what its preset and its environment say where it is silent."""
    # An unknown preset is one problem, not one for each size that it does not supply.
    base = merge(PRESETS.get(str(tree.get("preset")), PRESETS["small"]), {})
    web = _choice(tree, "web", "topology", "shared")
    database = _choice(tree, "database", "mode", "volume")
    front = _choice(tree, "frontendCache", "mode", "none")
    cache = tree.get("cache", {})
    stores = {name: _choice(cache, name, "mode", "own") for name in ("sessions", "cache")}
    if tree.get("environment") == "production":
        scaling = base["web"]["storefront"]["autoscaling"]
        scaling["minReplicas"] = max(2, scaling["minReplicas"])
    _shape_web(base["web"], web)
    _fill(base, "database", database, unless="external")
    _fill(base, "frontendCache", front, unless="none")
    for name, store in stores.items():
        _fill(base["cache"], name, store, unless=("external", "sentinel"))
    chosen = {"web": web, "database": database, "frontendCache": front}
    if isinstance(cache, Mapping):
        chosen["cache"] = {**cache, **stores}
    return merge(base, {**tree, **chosen})


def _choice(tree: Any, key: str, tag: str, default: str) -> Any:
    """Return a section with its choice named, where it is a section at all."""
    section: Any = tree.get(key, {}) if isinstance(tree, Mapping) else {}
    return {tag: default, **section} if isinstance(section, Mapping) else section


def _fill(base: Tree, key: str, section: Any, *, unless: str | tuple[str, ...]) -> None:
    """Drop a section's sizes where the choice has none."""
    mode = section.get("mode") if isinstance(section, Mapping) else None
    if mode in ((unless,) if isinstance(unless, str) else unless):
        base[key] = {}


def _shape_web(base: Tree, web: Any) -> None:
    """Give the web tiers the containers of the chosen topology."""
    topology = web.get("topology") if isinstance(web, Mapping) else None
    if topology == "apache":
        for tier in ("storefront", "admin"):
            del base[tier]["nginx"]
    if topology == "split":
        scaling = dict(base["storefront"]["autoscaling"])
        base["storefront"]["nginx"]["autoscaling"] = scaling
