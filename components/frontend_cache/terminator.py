"""An nginx that terminates TLS in the pod of the frontend cache, where the edge cannot."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import LEAVE, http, nginx_command, probe, restricted_container
from components.kit.volumes import mount
from shop.constants import (
    FRONTEND_CACHE_FILES,
    HTTP_PORT,
    HTTPS_PORT,
    PRIVATE_PORT,
    TLS_FILES,
)
from stackfile.values import Resources


class TerminatorArgs(TypedDict):
    """Arguments of the nginx that terminates TLS."""

    image: str
    """Image with nginx."""
    resources: Resources
    """Of nginx."""
    shop_hosts: Sequence[str]
    """Hosts of the shop."""
    admin_hosts: Sequence[str]
    """Hosts that lead to the admin pods."""
    admin: pulumi.Input[str]
    """Service of the admin tier."""
    admin_workload: str
    """Workload behind that Service, by its instance label."""
    request_timeout: int
    """Request timeout in seconds: the longest of all tiers."""
    tls_secret: pulumi.Input[str]
    """Name of the Secret with the certificate."""


def terminator_container(args: TerminatorArgs) -> k8s.core.v1.ContainerArgsDict:
    """Return the container; its volumes are `config`, `nginx-tmp` and `tls`."""
    live = http("/live", PRIVATE_PORT)
    return {
        **restricted_container("nginx", args["image"], args["resources"], "128Mi"),
        "command": nginx_command(FRONTEND_CACHE_FILES),
        "ports": [
            {"name": "http", "container_port": HTTP_PORT},
            {"name": "https", "container_port": HTTPS_PORT},
            {"name": "nginx-private", "container_port": PRIVATE_PORT},
        ],
        "startup_probe": probe(live, period=1, failures=60),
        "readiness_probe": probe(live, period=5, failures=3),
        "liveness_probe": probe({"tcp_socket": {"port": PRIVATE_PORT}}, period=20, failures=3),
        "lifecycle": LEAVE,
        "volume_mounts": [
            {"name": "nginx-tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            mount("config", FRONTEND_CACHE_FILES),
            # Mounted as a folder: a subPath mount would not be updated with the Secret.
            mount("tls", TLS_FILES),
        ],
    }
