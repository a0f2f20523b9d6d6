"""The pod of the frontend cache: Varnish, and where it must terminate TLS an nginx before it."""

import pulumi
import pulumi_kubernetes as k8s

from components.frontend_cache.terminator import TerminatorArgs, terminator_container
from components.kit.containers import drain_seconds, http, probe, restricted_container
from components.kit.pods import WEB_USER, PodArgs, restricted_pod, spread
from components.kit.volumes import config_volume, mount, scratch_volume, secret_volume
from shop.constants import FRONTEND_CACHE_FILES, HTTP_PORT, PURGE_PORT, VARNISH_PORT
from shop.frontend_cache import Caching
from stackfile.values import Placement, Resources

VARNISH_USER = 10004
"""User and group of Varnish."""
_THREADS = 20
"""Minimum threads per pool, as required by Varnish."""
_POOLS = 2
"""Varnish's default number of thread pools."""
_PER_THREAD = 400_000
"""Bytes of cache per thread: the memory for threads grows with the cache."""
_WORK = "/var/lib/varnish"
# Varnish exits at once and drops open requests: leave the endpoints first, then wait for the
# last response.
_DRAIN = """
sleep 10
for _ in $(seq {seconds}); do
  varnishstat -1 -n {work}/run -f 'MEMPOOL.req*.live' |
    awk '{{ n += $2 }} END {{ exit n > 0 }}' && exit
  sleep 1
done
"""


class VarnishArgs(PodArgs):
    """Arguments of the pods."""

    image: str
    """Varnish's official image."""
    resources: Resources
    """Of Varnish."""
    placement: Placement
    """On which nodes the pods run."""
    storage: int
    """Bytes of cache; the rest of the limit is for threads, logs and responses in transit."""
    caching: Caching
    """What is cached, and how long a request of the storefront may take."""
    terminator: TerminatorArgs | None
    """nginx in the same pod; None if the edge terminates TLS."""


def varnish_pod(
    name: str, args: VarnishArgs, config: pulumi.Input[str]
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod; `config` is the ConfigMap with the files of both."""
    terminator = args["terminator"]
    volumes = [
        config_volume("config", config),
        scratch_volume("varnish", "64Mi"),
        scratch_volume("varnish-tmp", "16Mi"),
    ]
    containers = [_varnish(args)]
    if terminator is not None:
        volumes.append(scratch_volume("nginx-tmp", "64Mi"))
        volumes.append(secret_volume("tls", terminator["tls_secret"]))
        containers.append(terminator_container(terminator))
    return {
        **spread(name),
        **restricted_pod(args, WEB_USER if terminator else VARNISH_USER, args["placement"]),
        "termination_grace_period_seconds": drain_seconds(_longest(args)),
        "containers": containers,
        "volumes": volumes,
    }


def varnishd(storage: int, *, terminator: bool) -> list[str]:
    """Return the command that starts Varnish."""
    http_listen = f"127.0.0.1:{VARNISH_PORT}" if terminator else f":{HTTP_PORT}"
    return [
        "varnishd",
        "-F",
        *("-n", f"{_WORK}/run"),
        *("-f", f"{FRONTEND_CACHE_FILES}/default.vcl"),
        *("-I", f"{FRONTEND_CACHE_FILES}/start.cli"),
        *("-a", f"http={http_listen},HTTP"),
        *("-a", f"private=:{PURGE_PORT},HTTP"),
        *("-s", f"malloc,{storage}"),
        # The default hash keeps 250 bytes per URL for three minutes after it is evicted:
        # requests for invented URLs would fill the pod's memory.
        *("-h", "classic,16383"),
        # Longer than any edge's keep-alive, so that no connection is closed during a request.
        *("-p", "timeout_idle=120"),
        # Shorter than any web server's keep-alive, including Apache's two seconds.
        *("-p", "backend_idle_timeout=1"),
        # The in-memory log, for debugging; 80 MB by default.
        *("-p", "vsl_space=4M"),
        *("-p", f"thread_pool_min={_THREADS}"),
        *("-p", f"thread_pool_max={max(_THREADS, storage // _PER_THREAD // _POOLS)}"),
        # During a burst requests wait for a thread instead of being rejected.
        *("-p", "thread_queue_limit=1000"),
    ]


def start_commands() -> str:
    """Return what Varnish runs when it starts; it may fail at a command with a hyphen."""
    # Uncached responses are read no faster than the visitor receives them; since Varnish 7.2.
    return "-param.set transit_buffer 1M\n"


def _longest(args: VarnishArgs) -> int:
    terminator = args["terminator"]
    behind = args["caching"]["timeout"]
    return behind if terminator is None else max(behind, terminator["request_timeout"])


def _varnish(args: VarnishArgs) -> k8s.core.v1.ContainerArgsDict:
    terminator = args["terminator"]
    ports: list[k8s.core.v1.ContainerPortArgsDict] = [
        {"name": "private", "container_port": PURGE_PORT}
    ]
    if terminator is None:
        ports.insert(0, {"name": "http", "container_port": HTTP_PORT})
    drain = _DRAIN.format(seconds=_longest(args), work=_WORK)
    return {
        **restricted_container("varnish", args["image"], args["resources"], "128Mi"),
        "command": varnishd(args["storage"], terminator=terminator is not None),
        "ports": ports,
        "startup_probe": probe(http("/ready", PURGE_PORT), period=1, failures=60),
        # Ready even when the shop is not: cached content can still be served.
        "readiness_probe": probe(http("/ready", PURGE_PORT), period=5, failures=3),
        "liveness_probe": probe(http("/live", PURGE_PORT), period=20, failures=3),
        "lifecycle": {"pre_stop": {"exec_": {"command": ["sh", "-c", drain]}}},
        "volume_mounts": [
            {"name": "varnish", "mount_path": _WORK},
            # Varnish compiles its configuration there.
            {"name": "varnish-tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            mount("config", FRONTEND_CACHE_FILES),
        ],
    }
