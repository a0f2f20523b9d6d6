"""A Valkey or Redis in the shop's namespace, with a single pod."""

from collections.abc import Callable
from typing import Literal

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import command, probe, restricted_container
from components.kit.files import secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.passwords import password
from components.kit.pods import VALKEY_USER, PodArgs, restricted_pod
from components.kit.volumes import mount, scratch_volume, secret_volume
from components.kit.workload import single_pod_store
from shop.constants import VALKEY_PORT
from stackfile.servers import OwnRedis, PersistentRedis, RedisServer

_MOUNT = "/etc/valkey"


class ValkeyArgs(ShopArgs, PodArgs):
    """A Valkey or Redis in the shop's namespace."""

    image: str
    """The official image of Valkey or Redis, or one with the same entrypoint."""
    engine: Literal["valkey", "redis"]
    """Engine in the image; its programs are named after it."""


def valkey(  # noqa: PLR0913, PLR0917 (each is a part of the store)
    name: str,
    args: ValkeyArgs,
    server: OwnRedis,
    given: pulumi.Output[str] | None,
    config: Callable[[str, int], str],
    data: k8s.core.v1.VolumeArgsDict,
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Output[RedisServer], pulumi.Output[str]]:
    """Run it and return it with its password; `config` makes its file of password and memory."""
    chosen = password(f"{name}-password", given, opts)
    files = {
        "password": chosen,
        "valkey.conf": chosen.apply(lambda known: config(known, server.maxmemory)),
    }
    mounted = secret(f"{name}-config", auto_named(name, args), files, opts)
    pod: k8s.core.v1.PodSpecArgsDict = {
        **restricted_pod(args, VALKEY_USER, server.placement),
        "containers": [_container(args, server)],
        "termination_grace_period_seconds": 30,
        "volumes": [
            data,
            scratch_volume("tmp", "16Mi"),
            secret_volume("config", mounted),
        ],
    }
    lasting = isinstance(server, PersistentRedis)
    host = single_pod_store(name, args, VALKEY_PORT, pod, opts, lasting=lasting)
    return host.apply(_server), chosen


def _server(host: str) -> RedisServer:
    return RedisServer.model_construct(host=host, port=VALKEY_PORT, cidrs=())


def _container(args: ValkeyArgs, server: OwnRedis) -> k8s.core.v1.ContainerArgsDict:
    engine = args["engine"]
    # Pass the password in the environment: any process can read command line arguments.
    ask = f'REDISCLI_AUTH="$(cat {_MOUNT}/password)" {engine}-cli ping | grep -q PONG'
    ping = command("sh", "-c", ask)
    return {
        **restricted_container("valkey", args["image"], server.resources, "256Mi"),
        "args": [f"{engine}-server", f"{_MOUNT}/valkey.conf"],
        "ports": [{"name": "valkey", "container_port": VALKEY_PORT}],
        # While the append-only file is loading, the reply is LOADING, not PONG.
        "startup_probe": probe(ping, period=2, failures=60),
        "readiness_probe": probe(ping, period=10, failures=3),
        "liveness_probe": probe({"tcp_socket": {"port": VALKEY_PORT}}, period=20, failures=3),
        "volume_mounts": [
            {"name": "data", "mount_path": "/data"},
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            mount("config", _MOUNT),
        ],
    }
