"""Configuration of the shop's code and its web servers."""

from collections.abc import Mapping
from typing import cast

import pulumi

from components.kit.files import config_map, secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.passwords import password
from components.kit.volumes import Retention, keep
from components.web.server_files import (
    TierArgs,
    access_password,
    htpasswd,
    server_files,
)
from shop.local_xml import LocalXml, local_xml
from shop.purge import Purge
from shop.render import includes, php_ini, script
from stackfile.servers import RedisSentinels, RedisServer, SqlServer

_CRYPT_KEY_LENGTH = 32
"""Length of OpenMage's crypt key."""


class ShopConfigArgs(ShopArgs):
    """Arguments of the configuration."""

    database: pulumi.Input[SqlServer]
    """Where the database is, once it is ready."""
    database_password: pulumi.Output[str]
    """Password of the database's user."""
    root_password: pulumi.Output[str] | None
    """Password of the database's root; None where the server is external."""
    sessions: pulumi.Input[RedisServer | RedisSentinels]
    """Endpoint of the session store."""
    sessions_password: pulumi.Output[str]
    """Password of that store."""
    cache: pulumi.Input[RedisServer]
    """Endpoint of the cache store."""
    cache_password: pulumi.Output[str]
    """Password of that store."""
    crypt_key: pulumi.Output[str] | None
    """Key of encrypted configuration and customer data; generated where it is None."""
    admin_path: str
    """Front name of the admin area."""
    release: str
    """Identity of the release: the prefix in the cache store."""
    max_concurrency: int
    """How many requests of one session may wait for its lock."""
    memory_limit: str
    """PHP's memory_limit in web requests."""
    sendmail: str
    """Command line run by PHP's mail()."""
    ini: Mapping[str, str | int | bool]
    """Custom ini lines."""
    custom_files: Mapping[str, str]
    """Custom files for the web server: name in the ConfigMap to content."""
    tiers: Mapping[str, TierArgs]
    """Configuration of each tier of web pods."""
    access_password: pulumi.Output[str] | None
    """Password for basic authentication; generated if it is None."""
    purge: Purge | None
    """How the shop purges the frontend cache; None without one."""
    retention: Retention
    """How the crypt key is kept."""


class ShopConfig(pulumi.ComponentResource):
    """local.xml and configuration of PHP and nginx; the crypt key is generated once and kept."""

    local_xml: pulumi.Output[str]
    """Name of the Secret with local.xml."""
    php: pulumi.Output[str]
    """Name of the ConfigMap with PHP's ini lines and included code."""
    files: Mapping[str, Mapping[str, pulumi.Output[str]]]
    """Names of the ConfigMaps with the files of web server and php-fpm, by tier and volume."""
    htpasswd: Mapping[str, pulumi.Output[str]]
    """Names of the Secrets for basic authentication, by tier."""
    access_password: pulumi.Output[str] | None
    """Password for basic authentication; None if it is off."""
    crypt_key: pulumi.Output[str]
    """Key of encrypted configuration and customer data."""

    def __init__(
        self, name: str, args: ShopConfigArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the key, the Secret and the ConfigMaps."""
        super().__init__("openmage:index:ShopConfig", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        guarded = pulumi.ResourceOptions.merge(
            child, pulumi.ResourceOptions(protect=args["retention"]["protect"])
        )
        self.crypt_key = password(
            f"{name}-crypt-key", args["crypt_key"], guarded, _CRYPT_KEY_LENGTH
        )
        self.local_xml = _secrets(name, args, self.crypt_key, child)
        self.php = config_map(
            f"{name}-php",
            auto_named(f"{name}-php", args),
            {
                "openmage.ini": php_ini(args["memory_limit"], args["sendmail"], args["ini"]),
                "includes.php": includes(),
                "purge.php": script("purge.php"),
            },
            child,
        )
        tiers = args["tiers"].items()
        self.files = {
            tier: server_files(f"{name}-{tier}", args, config, args["custom_files"], child)
            for tier, config in tiers
        }
        asking = [tier for tier, config in tiers if config["server"]["basic_auth"]]
        self.access_password = (
            access_password(name, args["access_password"], child) if asking else None
        )
        self.htpasswd = {
            tier: htpasswd(f"{name}-{tier}", args, self.access_password, child)
            for tier in asking
            if self.access_password is not None
        }
        self.register_outputs({"local_xml": self.local_xml, "php": self.php})


def _secrets(
    name: str, args: ShopConfigArgs, crypt_key: pulumi.Output[str], child: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    if args["retention"]["retain"]:
        _recovery(name, args, crypt_key, child)
    content = pulumi.Output.all(
        crypt_key=crypt_key,
        admin_path=args["admin_path"],
        release=args["release"],
        database=args["database"],
        database_password=args["database_password"],
        sessions=args["sessions"],
        sessions_password=args["sessions_password"],
        cache=args["cache"],
        cache_password=args["cache_password"],
        max_concurrency=args["max_concurrency"],
        purge=args["purge"],
    ).apply(lambda known: local_xml(cast("LocalXml", known)))
    files = {
        "local.xml": content,
        # Always present, so that it can be mounted; empty for unencrypted connections.
        "database-ca.pem": pulumi.Output.from_input(args["database"]).apply(_ca),
        "sessions-ca.pem": pulumi.Output.from_input(args["sessions"]).apply(_ca),
        "cache-ca.pem": pulumi.Output.from_input(args["cache"]).apply(_ca),
    }
    return secret(name, auto_named(name, args), files, child)


def _ca(server: SqlServer | RedisServer | RedisSentinels) -> str:
    return "" if isinstance(server, RedisSentinels) else server.ca or ""


def _recovery(
    name: str, args: ShopConfigArgs, crypt_key: pulumi.Output[str], child: pulumi.ResourceOptions
) -> None:
    """Keep the keys to the data next to the retained volumes."""
    values = {"cryptKey": crypt_key, "databasePassword": args["database_password"]}
    if args["root_password"] is not None:
        values["databaseRootPassword"] = args["root_password"]
    part = f"{name}-recovery"
    secret(part, auto_named(part, args), values, keep(args["retention"], child))
