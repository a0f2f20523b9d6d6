"""Configuration files of each tier's web server and php-fpm."""

import base64
import hashlib
from collections.abc import Mapping
from typing import TypedDict

import pulumi

from components.kit.files import config_map, secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.passwords import password
from shop.render import WebServer, apache_config, fpm_pool, nginx_config, nginx_php, script

BASIC_AUTH_USER = "visitor"
"""User name for basic authentication."""


class TierArgs(TypedDict):
    """Configuration of one tier's web pods."""

    server: WebServer
    """What its nginx or Apache serves."""
    workers: int
    """Number of workers of php-fpm or Apache in a pod."""
    php: str | None
    """Address at which nginx finds php-fpm; None for Apache."""


def server_files(
    name: str,
    args: ShopArgs,
    tier: TierArgs,
    custom: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, pulumi.Output[str]]:
    """Create the ConfigMaps of a tier's web server, including the customer's files, and php-fpm.

    They are returned by the volumes that pods mount them as.
    """
    server, php = tier["server"], tier["php"]
    if php is None:
        files = {
            "apache.conf": apache_config(server, tier["workers"]),
            "limits.php": script("limits.php"),
        }
        return {"server": _files(f"{name}-apache", args, {**files, **custom}, opts)}
    files = {
        "nginx.conf": nginx_config(server, php),
        "php.conf": nginx_php(server["timeout"], basic_auth=server["basic_auth"]),
    }
    return {
        "server": _files(f"{name}-nginx", args, {**files, **custom}, opts),
        "php-fpm": _files(f"{name}-php-fpm", args, _pool(tier, php), opts),
    }


def access_password(
    name: str, given: pulumi.Output[str] | None, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Return the password for basic authentication."""
    return password(f"{name}-access-password", given, opts)


def htpasswd(
    name: str, args: ShopArgs, chosen: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Create the Secret with the user for basic authentication."""
    files = {"htpasswd": chosen.apply(_line)}
    return secret(f"{name}-access", auto_named(name, args), files, opts)


def _pool(tier: TierArgs, php: str) -> dict[str, str]:
    network = not php.startswith("127.")
    return {
        "pool.conf": fpm_pool(tier["workers"], tier["server"]["timeout"], network=network),
        "ping.php": script("ping.php"),
    }


def _files(
    name: str, args: ShopArgs, files: Mapping[str, str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    return config_map(name, auto_named(name, args), files, opts)


def _line(chosen: str) -> str:
    # Verified on every request for every file: a slow hash would cost more than the page, and
    # would hide nothing: a reader of this Secret can read the password's Secret too.
    digest = hashlib.sha1(chosen.encode(), usedforsecurity=False).digest()
    return f"{BASIC_AUTH_USER}:{{SHA}}{base64.b64encode(digest).decode()}\n"
