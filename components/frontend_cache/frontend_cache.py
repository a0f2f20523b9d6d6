"""Varnish between the edge and the storefront, with or without an nginx that terminates TLS."""

import pulumi
import pulumi_kubernetes as k8s

from components.frontend_cache.varnish import VarnishArgs, start_commands, varnish_pod
from components.kit.files import config_map
from components.kit.metadata import ShopArgs, auto_named, labels, named, selector
from components.kit.network_policies import allow
from components.kit.pods import pod_template
from components.kit.workload import deployment
from shop.constants import HTTP_PORT, HTTPS_PORT, PURGE_PORT
from shop.frontend_cache import terminator_config, varnish_config

_LARGEST_PART = 16
"""A file larger than this fraction of the cache is not cached."""


class FrontendCacheArgs(ShopArgs, VarnishArgs):
    """Arguments of the frontend cache."""

    replicas: int
    """Number of pods; each has its own cache."""
    storefront: pulumi.Input[str]
    """Service of the storefront."""
    workload: str
    """Workload behind that Service, by its instance label."""


class FrontendCache(pulumi.ComponentResource):
    """Serves static files, and pages with a module's help, from memory; stale if the shop is down.

    A rollout loses no request, and a purge reaches every pod.
    """

    service: pulumi.Output[str]
    """Name of the Service: port 80 is named http; with a terminator, which redirects it, port 443
    is named https."""

    def __init__(
        self, name: str, args: FrontendCacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the pods, their two Services and their network policies."""
        super().__init__("openmage:index:FrontendCache", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        config = config_map(f"{name}-config", auto_named(name, args), _files(args), child)
        _, service = deployment(
            name,
            args,
            pod_template(labels(name, args), varnish_pod(name, args, config), interruptible=True),
            _ports(args),
            child,
            replicas=args["replicas"],
        )
        _policies(name, args, child)
        k8s.core.v1.Service(
            f"{name}-pods", metadata=named(f"{name}-pods", args), spec=_each(name), opts=child
        )
        self.service = service.metadata.name
        self.register_outputs({"service": self.service})


def purge_address(name: str) -> str:
    """Return where purges are sent to: it is in the shop's configuration before there is a pod."""
    return f"{name}-pods:{PURGE_PORT}"


def _each(name: str) -> k8s.core.v1.ServiceSpecArgsDict:
    """Publish the addresses of all pods, even unready ones, because they may keep serving."""
    return {
        "cluster_ip": "None",
        "publish_not_ready_addresses": True,
        "selector": selector(name),
        "ports": [{"name": "purge", "port": PURGE_PORT, "target_port": PURGE_PORT}],
    }


def _policies(name: str, args: FrontendCacheArgs, opts: pulumi.ResourceOptions) -> None:
    # The shop's code sends the purges.
    allow(name, args, PURGE_PORT, opts, pods=selector(name))
    terminator = args["terminator"]
    for tier in (args["workload"], *([terminator["admin_workload"]] if terminator else [])):
        pods, clients = selector(tier), selector(name)
        allow(f"{name}-{tier}", args, HTTP_PORT, opts, pods=pods, clients=clients)


def _ports(args: FrontendCacheArgs) -> list[k8s.core.v1.ServicePortArgsDict]:
    ports: list[k8s.core.v1.ServicePortArgsDict] = [
        {"name": "http", "port": 80, "target_port": HTTP_PORT}
    ]
    if args["terminator"] is not None:
        ports.append({"name": "https", "port": 443, "target_port": HTTPS_PORT})
    return ports


def _files(args: FrontendCacheArgs) -> dict[str, pulumi.Input[str]]:
    terminator = args["terminator"]
    files: dict[str, pulumi.Input[str]] = {
        "start.cli": start_commands(),
        "default.vcl": pulumi.Output.from_input(args["storefront"]).apply(
            lambda storefront: varnish_config(
                {
                    **args["caching"],
                    "backend": storefront,
                    "terminator": terminator is not None,
                    "largest": args["storage"] // _LARGEST_PART,
                }
            )
        ),
    }
    if terminator is not None:
        files["nginx.conf"] = pulumi.Output.from_input(terminator["admin"]).apply(
            lambda admin: terminator_config(
                {
                    "shop_hosts": terminator["shop_hosts"],
                    "admin_hosts": terminator["admin_hosts"],
                    "admin": admin,
                    "timeout": terminator["request_timeout"],
                }
            )
        )
    return files
