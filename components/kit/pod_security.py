"""Pod Security: what a namespace refuses to run."""

from typing import Literal

Level = Literal["restricted", "privileged"]

_VERSION = "v1.34"
"""Version of the standard: the oldest Kubernetes that is supported."""


def restrict(level: Level) -> dict[str, str]:
    """Return the labels of a namespace that holds its pods to a level."""
    return {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "warn", "audit")
        for suffix, value in (("", level), ("-version", _VERSION))
    }
