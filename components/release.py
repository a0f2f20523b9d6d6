"""One runner that installs or migrates the shop before any new pod serves."""

import pulumi
import pulumi_kubernetes as k8s

from components.kit.files import config_map, secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.passwords import password
from components.kit.pods import pod_template
from components.kit.volumes import config_volume, secret_volume
from components.web.php import PhpArgs, php_container, php_labels, php_pod
from shop.constants import ETC
from shop.render import script
from stackfile.values import Placement, Resources

_DEADLINE = 3600
"""Deadline of a release in seconds; it waits up to 600 s for a running cron job."""
_SCRIPTS = ("release.php", "database.php", "stores.php")


class ReleaseArgs(ShopArgs, PhpArgs):
    """Arguments of a release."""

    settings: str
    """release.json: the shop's public settings."""
    admin_password: pulumi.Output[str] | None
    """Password of the first administrator; generated where it is None."""
    resources: Resources
    """Of the Job."""
    placement: Placement
    """On which nodes the pods run."""
    memory_limit: str
    """PHP's memory_limit of the Job."""


class Release(pulumi.ComponentResource):
    """A single Job that installs an empty database or migrates an old one and warms the cache."""

    job: k8s.batch.v1.Job
    """The Job that new pods depend on. If it fails, the update fails and the old pods serve."""
    admin_password: pulumi.Output[str]
    """Initial password of the first administrator."""

    def __init__(
        self, name: str, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the Job and its inputs."""
        super().__init__("openmage:index:Release", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.admin_password = password(f"{name}-admin-password", args["admin_password"], child, 20)
        admin = {"admin-password": self.admin_password}
        scripts = {"release.json": args["settings"], **{file: script(file) for file in _SCRIPTS}}
        account = secret(f"{name}-admin", auto_named(name, args), admin, child)
        config = config_map(f"{name}-scripts", auto_named(name, args), scripts, child)
        metadata = auto_named(name, args)
        # The next update replaces a failed Job instead of waiting for it again.
        metadata["annotations"] = {"pulumi.com/replaceUnready": "true"}
        self.job = k8s.batch.v1.Job(
            name,
            metadata=metadata,
            spec={
                "backoff_limit": 1,
                "active_deadline_seconds": _DEADLINE,
                # No TTL: a deleted Job would run again after a refresh.
                "template": pod_template(
                    php_labels(name, args),
                    _pod(name, args, account, config),
                    interruptible=False,
                ),
            },
            opts=pulumi.ResourceOptions.merge(
                child,
                pulumi.ResourceOptions(
                    custom_timeouts=pulumi.CustomTimeouts(create=f"{_DEADLINE + 60}s")
                ),
            ),
        )
        self.register_outputs({"job": self.job.metadata.name})


def _pod(
    name: str, args: ReleaseArgs, account: pulumi.Input[str], config: pulumi.Input[str]
) -> k8s.core.v1.PodSpecArgsDict:
    mounts = {f"{ETC}/{file}": ("scripts", file) for file in (*_SCRIPTS, "release.json")}
    mounts["/run/secrets/openmage/admin-password"] = ("admin", "admin-password")
    run = ["php", "-d", f"memory_limit={args['memory_limit']}", f"{ETC}/release.php"]
    return {
        **php_pod(
            args,
            args["placement"],
            [config_volume("scripts", config), secret_volume("admin", account)],
        ),
        "containers": [
            php_container(name, args, args["resources"], run, mounts, deadline=_DEADLINE)
        ],
        "restart_policy": "Never",
    }
