"""The pods of a web tier: nginx and php-fpm together or separate, or Apache."""

from collections.abc import Mapping
from typing import Literal, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import (
    LEAVE,
    command,
    http,
    nginx_command,
    probe,
    restricted_container,
)
from components.kit.pods import WEB_USER, restricted_pod, spread
from components.kit.volumes import claim_volume, config_volume, mount, scratch_volume, secret_volume
from components.web.php import PhpArgs, php_container, php_pod
from shop.constants import (
    APACHE_FILES,
    BASIC_AUTH_FILES,
    CODE,
    ETC,
    FPM_PORT,
    FPM_STATUS_PORT,
    HTTP_PORT,
    NGINX_FILES,
    PRIVATE_PORT,
)
from stackfile.values import Autoscaling, Placement, Resources


class WebPodArgs(PhpArgs):
    """Arguments of every pod of a web tier."""

    placement: Placement
    """On which nodes the pods run."""
    php_resources: Resources
    """Resources of the container that runs PHP."""
    files: Mapping[str, pulumi.Input[str]]
    """Names of ConfigMaps, by volume: `server` has the web server's files; `php-fpm` has its pool,
    and is there unless Apache runs PHP."""
    htpasswd: pulumi.Input[str] | None
    """Name of the Secret for basic authentication; None if it is off."""


class NginxArgs(TypedDict):
    """nginx in a web tier."""

    image: pulumi.Input[str]
    """nginx with the shop's static files."""
    resources: Resources
    """Of the container with nginx."""


class SharedPods(NginxArgs):
    """nginx and php-fpm in each pod."""

    topology: Literal["shared"]


class SplitPods(NginxArgs):
    """nginx and php-fpm in separate pods, each scaled on its own."""

    topology: Literal["split"]
    autoscaling: Autoscaling
    """Scaling of nginx."""


class ApachePods(TypedDict):
    """Apache with mod_php, in one container."""

    topology: Literal["apache"]


def shared_pod(name: str, args: WebPodArgs, nginx: NginxArgs) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod with both.

    As a sidecar php-fpm is stopped only when nginx has ended: no request finds it gone.
    """
    php: k8s.core.v1.ContainerArgsDict = {**_fpm(args), "restart_policy": "Always"}
    volumes = [*_nginx_volumes(args), config_volume("php-fpm", args["files"]["php-fpm"])]
    return {
        **spread(name),
        **php_pod(args, args["placement"], volumes),
        "init_containers": [php],
        "containers": [_nginx(args, nginx)],
    }


def fpm_pod(name: str, args: WebPodArgs) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod with php-fpm only; nginx connects over the network."""
    php: k8s.core.v1.ContainerArgsDict = {
        **_fpm(args),
        "ports": [{"name": "fpm", "container_port": FPM_PORT}],
        "lifecycle": LEAVE,
    }
    volumes = [config_volume("php-fpm", args["files"]["php-fpm"])]
    return {
        **spread(f"{name}-php"),
        **php_pod(args, args["placement"], volumes),
        "containers": [php],
    }


def nginx_pod(name: str, args: WebPodArgs, nginx: NginxArgs) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod with nginx only: it has no code and cannot reach any store."""
    return {
        **spread(name),
        **restricted_pod(args, WEB_USER, args["placement"]),
        "volumes": [*_nginx_volumes(args), claim_volume("media", args["media_claim"])],
        # PHP's pods have readiness probes of their own; static files do not need them.
        "containers": [_nginx(args, nginx)],
    }


def apache_pod(name: str, args: WebPodArgs) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod with Apache and mod_php."""
    run = ["apache2", "-f", f"{APACHE_FILES}/apache.conf", "-D", "FOREGROUND"]
    folders: list[k8s.core.v1.VolumeMountArgsDict] = [
        mount("server", APACHE_FILES),
        *_access_mounts(args),
    ]
    accepts: k8s.core.v1.ProbeArgsDict = {"tcp_socket": {"port": HTTP_PORT}}
    container: k8s.core.v1.ContainerArgsDict = {
        **php_container("php", args, args["php_resources"], run, {}, folders=folders),
        "ports": [
            {"name": "http", "container_port": HTTP_PORT},
            {"name": "private", "container_port": PRIVATE_PORT},
        ],
        "startup_probe": probe(http("/live", PRIVATE_PORT), period=2, failures=30),
        # The kernel accepts connections while every worker is busy: a busy pod is neither restarted
        # nor taken off the edge.
        "readiness_probe": probe(accepts, period=5, failures=3),
        "liveness_probe": probe(accepts, period=15, failures=6),
        "lifecycle": LEAVE,
    }
    volumes = [config_volume("server", args["files"]["server"]), *_access_volumes(args)]
    return {**spread(name), **php_pod(args, args["placement"], volumes), "containers": [container]}


def _fpm(args: WebPodArgs) -> k8s.core.v1.ContainerArgsDict:
    files = {
        "/usr/local/etc/php-fpm.d/zz-openmage.conf": ("php-fpm", "pool.conf"),
        f"{ETC}/ping.php": ("php-fpm", "ping.php"),
    }
    works = command("php", "-n", f"{ETC}/ping.php", str(FPM_PORT))
    # The status pool answers even while every worker waits for a database or a payment: a busy pod
    # is neither restarted nor taken off the edge, where its static files would go with it.
    lives = command("php", "-n", f"{ETC}/ping.php", str(FPM_STATUS_PORT))
    return {
        **php_container("php", args, args["php_resources"], ["php-fpm"], files),
        "startup_probe": probe(works, period=2, failures=30),
        "readiness_probe": probe(lives, period=10, failures=2),
        "liveness_probe": probe(lives, period=20, failures=5),
    }


def _nginx(args: WebPodArgs, nginx: NginxArgs) -> k8s.core.v1.ContainerArgsDict:
    # What PHP does is asked of PHP's own container: a stall of one restarts only that one.
    action = http("/live", PRIVATE_PORT)
    return {
        **restricted_container("nginx", nginx["image"], nginx["resources"], "1536Mi"),
        "command": nginx_command(NGINX_FILES),
        "ports": [
            {"name": "http", "container_port": HTTP_PORT},
            {"name": "private", "container_port": PRIVATE_PORT},
        ],
        "startup_probe": probe(action, period=2, failures=30),
        "readiness_probe": probe(action, period=5, failures=3),
        "liveness_probe": probe(action, period=20, failures=3),
        "lifecycle": LEAVE,
        "volume_mounts": [
            {"name": "nginx-tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            mount("server", NGINX_FILES),
            mount("media", f"{CODE}/media"),
            *_access_mounts(args),
        ],
    }


def _nginx_volumes(args: WebPodArgs) -> list[k8s.core.v1.VolumeArgsDict]:
    return [
        scratch_volume("nginx-tmp", "1Gi"),
        config_volume("server", args["files"]["server"]),
        *_access_volumes(args),
    ]


def _access_volumes(args: WebPodArgs) -> list[k8s.core.v1.VolumeArgsDict]:
    secret = args["htpasswd"]
    return [] if secret is None else [secret_volume("access", secret)]


def _access_mounts(args: WebPodArgs) -> list[k8s.core.v1.VolumeMountArgsDict]:
    if args["htpasswd"] is None:
        return []
    return [mount("access", BASIC_AUTH_FILES)]
