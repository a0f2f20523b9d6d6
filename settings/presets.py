"""Presets: the sizes of a shop that the stack file does not set."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Mapping
from typing import Any

from settings.model import Settings
from stackfile.merge import merge
from stackfile.section import Section, choice, sections_in

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
    # At rest the whole shop requests at most 0.5 CPU and 2 GiB.
    "small": {
        "web": {
            "storefront": {
                "autoscaling": {"minReplicas": 1, "maxReplicas": 3},
                "php": _resources(("100m", "256Mi"), ("1", "768Mi")),
                "nginx": {
                    "autoscaling": {"minReplicas": 1, "maxReplicas": 3},
                    **_resources(("50m", "32Mi"), ("200m", "64Mi")),
                },
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
                "nginx": {
                    "autoscaling": {"minReplicas": 2, "maxReplicas": 6},
                    **_resources(("50m", "64Mi"), ("500m", "128Mi")),
                },
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
                "nginx": {
                    "autoscaling": {"minReplicas": 3, "maxReplicas": 12},
                    **_resources(("100m", "64Mi"), ("1", "256Mi")),
                },
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


_DEFAULTS: Mapping[str, Any] = {
    "web": {"topology": "shared"},
    "database": {"mode": "volume"},
    "cache": {"sessions": {"mode": "own"}, "cache": {"mode": "own"}},
    "frontendCache": {"mode": "none"},
}
"""Choices that are made where the stack file makes none."""


def complete(tree: Tree) -> Tree:
    """Return the tree, completed with the sizes of its preset and environment."""
    # Report an unknown preset once, not once per size that it fails to supply.
    preset = merge(PRESETS.get(str(tree.get("preset")), PRESETS["small"]), {})
    if tree.get("environment") == "production":
        storefront = preset["web"]["storefront"]
        for scaled in (storefront, storefront["nginx"]):
            scaled["autoscaling"]["minReplicas"] = max(2, scaled["autoscaling"]["minReplicas"])
    chosen = merge(_DEFAULTS, tree)
    return merge(fitting(preset, Settings, chosen), chosen)


def fitting(preset: Tree, model: type[Section], section: object) -> Tree:
    """Return what of a preset the choices in a section have a use for."""
    found: Tree = {}
    for field in model.model_fields.values():
        key = str(field.alias)
        below = section.get(key) if isinstance(section, Mapping) else None
        chosen = _chosen(field.annotation, below)
        if key not in preset:
            continue
        if chosen is None or not isinstance(preset[key], Mapping):
            found[key] = preset[key]
        else:
            found[key] = fitting(preset[key], chosen, below)
    return found


def _chosen(annotation: object, section: object) -> type[Section] | None:
    """Return the model that a section is read as; None where it names no choice that there is."""
    models = list(sections_in(annotation))
    for model in models:
        named = isinstance(section, Mapping) and choice(model).items() <= section.items()
        if len(models) == 1 or named:
            return model
    return None
