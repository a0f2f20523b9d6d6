"""Arguments that several components share."""

import pulumi

from components import Mail, Media, ShopConfig, Tenant
from components.kit.metadata import ShopArgs
from components.kit.pods import PodArgs
from components.kit.volumes import Retention
from components.web.php import PhpArgs
from settings import Settings


class ShopPodArgs(ShopArgs, PodArgs):
    """Arguments of all pods of the shop."""


class CodeArgs(ShopArgs, PhpArgs):
    """Arguments of all pods with the shop's code."""


def of_shop(settings: Settings, tenant: Tenant) -> ShopArgs:
    """Return the arguments of every object of the shop."""
    return {"namespace": tenant.namespace, "labels": settings.labels}


def pods(settings: Settings, tenant: Tenant) -> ShopPodArgs:
    """Return the arguments of every pod."""
    return {
        **of_shop(settings, tenant),
        "service_account": tenant.service_account,
        "pull_secrets": [*settings.images.pull_secrets, *tenant.pull_secrets],
    }


def code(
    settings: Settings, pods: ShopPodArgs, config: ShopConfig, media: Media, mail: Mail
) -> CodeArgs:
    """Return the arguments of every pod with the shop's code."""
    return {
        **pods,
        "image": settings.images.php,
        "local_xml": config.local_xml,
        "php_config": config.php,
        "media_claim": media.claim,
        "mail": mail.account,
    }


def retention(settings: Settings) -> Retention:
    """Return the protection of resources that hold data."""
    return {"protect": settings.production, "retain": settings.retain_data}


def given(secret: pulumi.Output[str] | None) -> pulumi.Output[str]:
    """Return a secret that the settings require."""
    if secret is None:
        message = "a required secret is missing although the settings were validated"
        raise AssertionError(message)
    return secret
