"""Sizes of a shop: each preset says what is left out of the stack file."""

# What comes out of YAML or off the wire has no type until it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]


def _resources(requests: tuple[str, str], limits: tuple[str, str]) -> Tree:
    cpu, memory = requests
    cpu_limit, memory_limit = limits
    return {
        "resources": {
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
                "nginx": _resources(("10m", "32Mi"), ("200m", "64Mi")),
            },
            "admin": {
                "php": _resources(("40m", "256Mi"), ("1", "768Mi")),
                "nginx": _resources(("10m", "32Mi"), ("200m", "64Mi")),
            },
        },
        "cron": _resources(("50m", "192Mi"), ("1", "1280Mi")),
        "database": {
            "volume": {
                "storage": {"size": "8Gi"},
                "maxConnections": 60,
                **_resources(("100m", "512Mi"), ("1", "512Mi")),
            },
        },
        "cache": {
            "sessions": {
                "storage": {"size": "1Gi"},
                **_resources(("20m", "64Mi"), ("200m", "64Mi")),
            },
            "cache": _resources(("20m", "96Mi"), ("200m", "96Mi")),
        },
        "media": {"storage": {"size": "10Gi"}},
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
            "volume": {
                "storage": {"size": "30Gi"},
                "maxConnections": 120,
                **_resources(("1", "4Gi"), ("4", "4Gi")),
            },
        },
        "cache": {
            "sessions": {
                "storage": {"size": "2Gi"},
                **_resources(("100m", "256Mi"), ("500m", "256Mi")),
            },
            "cache": _resources(("100m", "512Mi"), ("500m", "512Mi")),
        },
        "media": {"storage": {"size": "50Gi"}},
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
            "volume": {
                "storage": {"size": "100Gi"},
                "maxConnections": 300,
                **_resources(("4", "16Gi"), ("8", "16Gi")),
            },
        },
        "cache": {
            "sessions": {
                "storage": {"size": "5Gi"},
                **_resources(("250m", "1Gi"), ("1", "1Gi")),
            },
            "cache": _resources(("250m", "2Gi"), ("1", "2Gi")),
        },
        "media": {"storage": {"size": "200Gi"}},
    },
}


def complete(tree: Tree) -> Tree:
    """Return the tree with what its preset and its environment say where it is silent."""
    # An unknown preset is one problem, not one for each size that it does not supply.
    base = merge(PRESETS.get(str(tree.get("preset")), PRESETS["small"]), {})
    database: Any = tree.get("database", {"mode": "volume"})
    mode = database.get("mode", "") if isinstance(database, dict) else ""
    base["database"] = base["database"].get(mode, {})
    if tree.get("environment") == "production":
        scaling = base["web"]["storefront"]["autoscaling"]
        scaling["minReplicas"] = max(2, scaling["minReplicas"])
    return merge(base, {**tree, "database": database})


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """Return `over` laid over `base`, mapping by mapping; lists and values are replaced."""
    result: Tree = {key: _copy(value) for key, value in base.items()}
    for key, value in over.items():
        both = isinstance(result.get(key), dict) and isinstance(value, Mapping)
        result[key] = merge(result[key], value) if both else value
    return result


def _copy(value: Any) -> Any:
    return merge(value, {}) if isinstance(value, Mapping) else value
