"""The pod of a web tier: nginx, and php-fpm as a sidecar that starts before it and ends after."""

import pulumi
import pulumi_kubernetes as k8s

from components._php import PhpArgs, php_container, php_pod
from components._pods import (
    PULL_POLICY,
    Resources,
    command,
    config_volume,
    container_resources,
    http,
    probe,
    restricted_container,
    scratch_volume,
    spread,
)
from shop.render import CODE

HTTP_PORT = 8080
"""Port of the shop."""
_PRIVATE_PORT = 8081
"""Port of probes and status; no Service leads to it."""
_LEAVE_SECONDS = 10
"""How long a pod goes on serving while the edge takes it out of its list."""
_FPM_LISTENS = 'exit(@fsockopen("127.0.0.1", 9000) ? 0 : 1);'


def drain_seconds(request_timeout: int) -> int:
    """Return the grace period: leave the edge's list, end the longest request, and some slack."""
    return _LEAVE_SECONDS + request_timeout + 10


def web_pod(  # noqa: PLR0913 (each is a part of the pod)
    name: str,
    args: PhpArgs,
    *,
    nginx_image: pulumi.Input[str],
    nginx_config: pulumi.Input[str],
    php_fpm_config: pulumi.Input[str],
    php_resources: Resources,
    nginx_resources: Resources,
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod.

    As a sidecar php-fpm is told to stop only when nginx has ended: no request finds it gone.
    """
    volumes: list[k8s.core.v1.VolumeArgsDict] = [
        scratch_volume("nginx-tmp", "1Gi"),
        config_volume("nginx", nginx_config),
        config_volume("php-fpm", php_fpm_config),
    ]
    return {
        **spread(name),
        **php_pod(args, volumes),
        "init_containers": [_php(args, php_resources)],
        "containers": [_nginx(nginx_image, nginx_resources)],
    }


def _php(args: PhpArgs, resources: Resources) -> k8s.core.v1.ContainerArgsDict:
    pool = {"/usr/local/etc/php-fpm.d/zz-openmage.conf": ("php-fpm", "pool.conf")}
    return {
        **php_container("php", args, resources, ["php-fpm"], pool),
        "restart_policy": "Always",
        "startup_probe": probe(command("php", "-n", "-r", _FPM_LISTENS), period=1, failures=60),
        # Through nginx to the status pool: a pool that is only busy is never restarted.
        "liveness_probe": probe(http("/php/ping", _PRIVATE_PORT), period=15, failures=6),
    }


def _nginx(image: pulumi.Input[str], resources: Resources) -> k8s.core.v1.ContainerArgsDict:
    ready = http("/ready", _PRIVATE_PORT)
    return {
        "name": "nginx",
        "image": image,
        "image_pull_policy": PULL_POLICY,
        "command": [
            "nginx",
            *("-e", "/dev/stderr"),
            *("-c", "/etc/openmage/nginx/nginx.conf"),
            *("-g", "daemon off;"),
        ],
        "ports": [
            {"name": "http", "container_port": HTTP_PORT},
            {"name": "private", "container_port": _PRIVATE_PORT},
        ],
        "startup_probe": probe(ready, period=2, failures=30),
        # A worker of the real pool must answer; neither database nor Valkey is asked, or a short
        # outage of theirs would take every pod away at once.
        "readiness_probe": probe(ready, period=5, failures=3),
        "liveness_probe": probe(http("/live", _PRIVATE_PORT), period=20, failures=3),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": _LEAVE_SECONDS}}},
        "resources": container_resources(resources, "1536Mi"),
        "security_context": restricted_container(),
        "volume_mounts": [
            {"name": "nginx-tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            {"name": "nginx", "mount_path": "/etc/openmage/nginx", "read_only": True},
            {"name": "media", "mount_path": f"{CODE}/media", "read_only": True},
        ],
    }
