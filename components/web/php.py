"""The container that runs the shop's code, shared by web pods, Release and cron."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import restricted_container
from components.kit.metadata import ShopArgs, labels
from components.kit.network_policies import DATABASE_CLIENTS, PHP_PODS
from components.kit.pods import WEB_USER, PodArgs, restricted_pod
from components.kit.volumes import claim_volume, config_volume, mount, scratch_volume, secret_volume
from shop.constants import CODE, ETC
from stackfile.values import Placement, Resources

_AUTHORITIES = ("database-ca.pem", "sessions-ca.pem", "cache-ca.pem")
"""Certificate authorities of external servers; empty for unencrypted connections."""
_MAIL = ("msmtprc", "mail-password", "mail-ca.pem")
"""The account that PHP's mail() sends with."""
_SCRATCH = "3Gi"
"""Limit for var, /tmp and logs together: the limits of both volumes plus room for logs."""


class PhpArgs(PodArgs):
    """Arguments of every pod that runs the shop's code."""

    image: pulumi.Input[str]
    """Image with PHP and the code under /var/www/html."""
    local_xml: pulumi.Input[str]
    """Name of the Secret with local.xml."""
    php_config: pulumi.Input[str]
    """Name of the ConfigMap with PHP's ini lines and the code that PHP prepends."""
    media_claim: pulumi.Input[str]
    """Name of the claim with the media files."""
    mail: pulumi.Input[str] | None
    """Name of the Secret with the mail account; None if no mail is sent."""


def php_container(  # noqa: PLR0913 (each is a part of the container)
    name: str,
    args: PhpArgs,
    resources: Resources,
    command: Sequence[str],
    mounts: Mapping[str, tuple[str, str]],
    *,
    folders: Sequence[k8s.core.v1.VolumeMountArgsDict] = (),
    deadline: int | None = None,
) -> k8s.core.v1.ContainerArgsDict:
    """Return a container of the shop's image.

    `mounts` adds files: path to (volume, key). `folders` adds whole volumes. `deadline` is the
    number of seconds that a script has.
    """
    files = {
        f"{CODE}/app/etc/local.xml": ("local-xml", "local.xml"),
        f"{CODE}/app/etc/includes/openmage-kubernetes.php": ("php", "includes.php"),
        f"{ETC}/purge.php": ("php", "purge.php"),
        "/usr/local/etc/php/conf.d/zz-openmage.ini": ("php", "openmage.ini"),
        **{f"{ETC}/{file}": ("local-xml", file) for file in _AUTHORITIES},
        **({} if args["mail"] is None else {f"{ETC}/{file}": ("mail", file) for file in _MAIL}),
        **mounts,
    }
    return {
        **restricted_container(name, args["image"], resources, _SCRATCH),
        "command": list(command),
        "working_dir": CODE,
        # A failing script reports why in the container's status, and so in Pulumi's output.
        "termination_message_policy": "FallbackToLogsOnError",
        "env": [
            # Visitors wait this long for the first request of a release to fill the cache,
            # instead of getting an error page after OpenMage's default of 3 s.
            {"name": "MAGE_CONFIG_CACHE_LOCK_WAIT", "value": "15"},
            # After this time the server releases the locks of a pod whose node is gone.
            *([{"name": "OPENMAGE_DEADLINE_SECONDS", "value": str(deadline)}] if deadline else []),
        ],
        "volume_mounts": [
            {"name": "php-tmp", "mount_path": "/tmp"},  # noqa: S108 (the pod's own volume)
            {"name": "var", "mount_path": f"{CODE}/var"},
            {"name": "media", "mount_path": f"{CODE}/media"},
            *(mount(volume, path, key) for path, (volume, key) in sorted(files.items())),
            *folders,
        ],
    }


def php_pod(
    args: PhpArgs, placement: Placement, volumes: Sequence[k8s.core.v1.VolumeArgsDict]
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod of `php_container`; `volumes` are added to those it mounts."""
    mail = args["mail"]
    return {
        **restricted_pod(args, WEB_USER, placement),
        "volumes": [
            scratch_volume("php-tmp", "1Gi"),
            scratch_volume("var", "1Gi"),
            claim_volume("media", args["media_claim"]),
            secret_volume("local-xml", args["local_xml"]),
            config_volume("php", args["php_config"]),
            *([] if mail is None else [secret_volume("mail", mail)]),
            *volumes,
        ],
    }


def php_labels(name: str, args: ShopArgs) -> dict[str, str]:
    """Return the labels of a pod that may connect to the shop's stores."""
    return {**labels(name, args), **PHP_PODS, **DATABASE_CLIENTS}
