"""phpMyAdmin, for the database of this shop only."""

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import http, probe, restricted_container
from components.kit.files import config_map, secret
from components.kit.metadata import ShopArgs, auto_named, labels, selector
from components.kit.network_policies import DATABASE_CLIENTS, allow
from components.kit.passwords import password
from components.kit.pods import PodArgs, pod_template, restricted_pod
from components.kit.volumes import config_volume, mount, scratch_volume, secret_volume
from components.kit.workload import deployment
from shop.constants import ETC, HTTP_PORT
from shop.phpmyadmin import phpmyadmin_apache
from shop.render import script
from stackfile.values import Placement, Resources

PHPMYADMIN_USER = 10005
"""User and group of phpMyAdmin."""
_OURS = f"{ETC}/phpmyadmin"


class PhpMyAdminArgs(ShopArgs, PodArgs):
    """Arguments of phpMyAdmin."""

    image: str
    """phpMyAdmin's official image with Apache."""
    resources: Resources
    """Of its one container."""
    placement: Placement
    """On which nodes the pods run."""
    memory_limit: int
    """PHP's memory_limit, in bytes."""
    host: pulumi.Input[str]
    """Host of the database."""
    port: pulumi.Input[int]
    """Port of the database."""
    ca: str | None
    """Certificate authority of the database, PEM; None leaves the connection unencrypted."""
    client: str | None
    """Workload whose pods lead to it, by its instance label; None if only a port-forward does."""


class PhpMyAdmin(pulumi.ComponentResource):
    """One pod for one database; users sign in with a database password."""

    service: pulumi.Output[str]
    """Name of the Service; its port 80 is named http."""

    def __init__(
        self, name: str, args: PhpMyAdminArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the pod, its Service, and the policy for the admin pods if they proxy to it."""
        super().__init__("openmage:index:PhpMyAdmin", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        _, service = deployment(
            name,
            args,
            pod_template(
                {**labels(name, args), **DATABASE_CLIENTS},
                _pod(args, _config(name, args, child), _secret(name, args, child)),
                interruptible=True,
            ),
            [{"name": "http", "port": 80, "target_port": HTTP_PORT}],
            child,
            # Sessions exist in one pod only.
            replicas=1,
            min_ready_seconds=None,
        )
        if args["client"] is not None:
            clients = selector(args["client"])
            allow(name, args, HTTP_PORT, child, pods=selector(name), clients=clients)
        self.service = service.metadata.name
        self.register_outputs({"service": self.service})


def _config(name: str, args: PhpMyAdminArgs, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    files = {
        "apache.conf": phpmyadmin_apache(args["memory_limit"]),
        "config.inc.php": script("phpmyadmin.php"),
        # Always present, so that it can be mounted; empty for unencrypted connections.
        "database-ca.pem": args["ca"] or "",
    }
    return config_map(f"{name}-config", auto_named(name, args), files, opts)


def _secret(name: str, args: ShopArgs, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    cookies = password(f"{name}-cookies", None, opts)
    return secret(f"{name}-cookies", auto_named(name, args), {"cookies": cookies}, opts)


def _pod(
    args: PhpMyAdminArgs, config: pulumi.Input[str], cookies: pulumi.Input[str]
) -> k8s.core.v1.PodSpecArgsDict:
    return {
        **restricted_pod(args, PHPMYADMIN_USER, args["placement"]),
        "termination_grace_period_seconds": 30,
        "containers": [_container(args)],
        "volumes": [
            scratch_volume("tmp", "512Mi"),
            config_volume("config", config),
            secret_volume("secret", cookies),
        ],
    }


def _container(args: PhpMyAdminArgs) -> k8s.core.v1.ContainerArgsDict:
    ready = http("/robots.txt", HTTP_PORT)
    port = pulumi.Output.from_input(args["port"]).apply(str)
    return {
        **restricted_container("phpmyadmin", args["image"], args["resources"], "768Mi"),
        "command": ["apache2", "-f", f"{_OURS}/apache.conf", "-D", "FOREGROUND"],
        "env": [
            {"name": "PMA_HOST", "value": args["host"]},
            {"name": "PMA_PORT", "value": port},
            {"name": "PMA_SSL_CA", "value": f"{_OURS}/database-ca.pem" if args["ca"] else ""},
        ],
        "ports": [{"name": "http", "container_port": HTTP_PORT}],
        "startup_probe": probe(ready, period=2, failures=30),
        # A static file: involves neither PHP nor the database.
        "readiness_probe": probe(ready, period=10, failures=3),
        "liveness_probe": probe({"tcp_socket": {"port": HTTP_PORT}}, period=20, failures=3),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": 5}}},
        "volume_mounts": [
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            mount("config", _OURS),
            mount("secret", f"{_OURS}-secret"),
            mount("config", "/etc/phpmyadmin/config.inc.php", "config.inc.php"),
        ],
    }
