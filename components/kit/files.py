"""ConfigMaps and Secrets that pods mount or read."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ObjectMeta


def config_map(
    name: str,
    metadata: ObjectMeta,
    files: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Make a ConfigMap with these files, and return its name."""
    made = k8s.core.v1.ConfigMap(name, metadata=metadata, data=files, opts=opts)
    return made.metadata.name


def secret(
    name: str,
    metadata: ObjectMeta,
    values: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
    kind: str = "Opaque",
) -> pulumi.Output[str]:
    """Make a Secret with these values, and return its name."""
    made = k8s.core.v1.Secret(name, metadata=metadata, type=kind, string_data=values, opts=opts)
    return made.metadata.name
