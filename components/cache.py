"""A session store and a cache store, apart, each with the eviction and persistence it needs."""

from functools import partial
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._claims import Storage, claim
from components._objects import ShopArgs, auto_named
from components._passwords import password
from components._pods import (
    PULL_POLICY,
    VALKEY_USER,
    PodArgs,
    Resources,
    command,
    container_resources,
    probe,
    restricted_container,
    restricted_pod,
    scratch_volume,
    secret_volume,
)
from components._stores import single_pod_store
from shop import valkey_config

PORT = 6379
_MOUNT = "/etc/valkey"
# The password goes by the environment of this one process: arguments can be read by anybody.
_PING = f'REDISCLI_AUTH="$(cat {_MOUNT}/password)" valkey-cli ping | grep -q PONG'


class StoreArgs(TypedDict):
    """One Valkey."""

    resources: Resources
    maxmemory: int
    """Bytes of data; the rest of the limit is for forks, buffers and fragmentation."""
    password: pulumi.Output[str] | None
    """Password; generated where it is None."""


class SessionsArgs(StoreArgs):
    """The Valkey that holds sessions, and so carts."""

    storage: Storage
    """Volume of the append-only file."""


class CacheArgs(ShopArgs, PodArgs):
    """What the two stores are told."""

    image: str
    """Valkey's official image, or one with the same entrypoint."""
    sessions: SessionsArgs
    cache: StoreArgs


class Cache(pulumi.ComponentResource):
    """Two Valkeys: sessions survive a restart, the cache may be lost at any time."""

    sessions_host: pulumi.Output[str]
    """Host of the session store."""
    sessions_password: pulumi.Output[str]
    """Password of the session store."""
    cache_host: pulumi.Output[str]
    """Host of the cache store."""
    cache_password: pulumi.Output[str]
    """Password of the cache store."""

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make both stores."""
        super().__init__("openmage:index:Cache", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        sessions = f"{name}-sessions"
        data = claim(f"{sessions}-data", args, args["sessions"]["storage"], "ReadWriteOnce", child)
        self.sessions_password = password(
            f"{sessions}-password", args["sessions"]["password"], child
        )
        self.sessions_host = _valkey(
            sessions,
            args,
            args["sessions"],
            secret=self.sessions_password,
            # When memory is full the sessions that end soonest go: a bot's lives for a minute.
            config=partial(valkey_config, policy="volatile-ttl", persistent=True),
            data={"name": "data", "persistent_volume_claim": {"claim_name": data}},
            opts=child,
        )
        self.cache_password = password(f"{name}-password", args["cache"]["password"], child)
        self.cache_host = _valkey(
            name,
            args,
            args["cache"],
            secret=self.cache_password,
            # Tags have no lifetime and must stay: without them a cleaned page is served on.
            config=partial(valkey_config, policy="volatile-lru", persistent=False),
            data=scratch_volume("data", "64Mi"),
            opts=child,
        )
        self.register_outputs({"sessions_host": self.sessions_host, "cache_host": self.cache_host})


def _valkey(  # noqa: PLR0913 (each is a part of one store)
    name: str,
    args: CacheArgs,
    store: StoreArgs,
    *,
    secret: pulumi.Output[str],
    config: partial[str],
    data: k8s.core.v1.VolumeArgsDict,
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    settings = k8s.core.v1.Secret(
        f"{name}-config",
        metadata=auto_named(name, args),
        type="Opaque",
        string_data={
            "password": secret,
            "valkey.conf": secret.apply(partial(config, maxmemory=store["maxmemory"])),
        },
        opts=opts,
    )
    pod: k8s.core.v1.PodSpecArgsDict = {
        **restricted_pod(args, VALKEY_USER),
        "containers": [_container(args["image"], store["resources"])],
        "termination_grace_period_seconds": 30,
        "volumes": [
            data,
            scratch_volume("tmp", "16Mi"),
            secret_volume("config", settings.metadata.name),
        ],
    }
    return single_pod_store(name, args, PORT, pod, opts)


def _container(image: str, resources: Resources) -> k8s.core.v1.ContainerArgsDict:
    ping = command("sh", "-c", _PING)
    return {
        "name": "valkey",
        "image": image,
        "image_pull_policy": PULL_POLICY,
        "args": ["valkey-server", f"{_MOUNT}/valkey.conf"],
        "ports": [{"name": "valkey", "container_port": PORT}],
        # Loading the append-only file answers LOADING, which is not PONG.
        "startup_probe": probe(ping, period=2, failures=60),
        "readiness_probe": probe(ping, period=10, failures=3),
        "liveness_probe": probe({"tcp_socket": {"port": PORT}}, period=20, failures=3),
        "resources": container_resources(resources, "256Mi"),
        "security_context": restricted_container(),
        "volume_mounts": [
            {"name": "data", "mount_path": "/data"},
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            {"name": "config", "mount_path": _MOUNT, "read_only": True},
        ],
    }
