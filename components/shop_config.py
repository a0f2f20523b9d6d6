"""What the shop's code and its web servers are configured with."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._claims import Retention, keep
from components._objects import ShopArgs, auto_named
from components._passwords import password
from components.cache import PORT as VALKEY_PORT
from components.cache import Cache
from components.database import Database
from shop import Connection, LocalXml, Server, fpm_pool, local_xml, nginx_config, php_ini
from shop.render import includes, nginx_php

_CRYPT_KEY_LENGTH = 32
"""OpenMage's length of a crypt key."""


class TierArgs(TypedDict):
    """How the web pods of one tier are configured."""

    server: Server
    workers: int
    """Number of php-fpm workers in a pod."""


class ShopConfigArgs(ShopArgs):
    """What the configuration is made of."""

    database: Database
    cache: Cache
    crypt_key: pulumi.Output[str] | None
    """Key of encrypted configuration and customer data; generated where it is None."""
    admin_path: str
    release: str
    """Identity of the release: prefix of everything in the cache store."""
    max_concurrency: int
    """How many requests of one session may wait for its lock."""
    memory_limit: str
    """PHP's memory_limit in web requests."""
    ini: Mapping[str, str | int | bool]
    """The customer's own ini lines."""
    nginx: Mapping[str, str]
    """The customer's own nginx files: name in the ConfigMap to content."""
    tiers: Mapping[str, TierArgs]
    """Configuration of each tier of web pods."""
    retention: Retention


class ShopConfig(pulumi.ComponentResource):
    """local.xml and the settings of PHP and nginx; the crypt key is made once and kept."""

    local_xml: pulumi.Output[str]
    """Name of the Secret with local.xml."""
    php: pulumi.Output[str]
    """Name of the ConfigMap with PHP's ini lines and included code."""
    nginx: Mapping[str, pulumi.Output[str]]
    """Names of the ConfigMaps with nginx' files, by tier."""
    php_fpm: Mapping[str, pulumi.Output[str]]
    """Names of the ConfigMaps with php-fpm's pool, by tier."""

    def __init__(
        self, name: str, args: ShopConfigArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the key, the Secret and the ConfigMaps."""
        super().__init__("openmage:index:ShopConfig", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.local_xml = _secrets(name, args, child)
        self.php = _config_map(
            f"{name}-php",
            args,
            {
                "openmage.ini": php_ini(args["memory_limit"], args["ini"]),
                "includes.php": includes(),
            },
            child,
        )
        self.nginx = {
            tier: _config_map(
                f"{name}-{tier}-nginx",
                args,
                {
                    "nginx.conf": nginx_config(config["server"]),
                    "php.conf": nginx_php(config["server"]["timeout"]),
                    **args["nginx"],
                },
                child,
            )
            for tier, config in args["tiers"].items()
        }
        self.php_fpm = {
            tier: _config_map(
                f"{name}-{tier}-php-fpm",
                args,
                {"pool.conf": fpm_pool(config["workers"], config["server"]["timeout"])},
                child,
            )
            for tier, config in args["tiers"].items()
        }
        self.register_outputs({"local_xml": self.local_xml, "php": self.php})


def _config_map(
    name: str, args: ShopArgs, files: Mapping[str, str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    made = k8s.core.v1.ConfigMap(name, metadata=auto_named(name, args), data=files, opts=opts)
    return made.metadata.name


def _secrets(name: str, args: ShopConfigArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    guarded = pulumi.ResourceOptions.merge(
        child, pulumi.ResourceOptions(protect=args["retention"]["protect"])
    )
    crypt_key = password(f"{name}-crypt-key", args["crypt_key"], guarded, _CRYPT_KEY_LENGTH)
    database, cache = args["database"], args["cache"]
    if args["retention"]["retain"]:
        _recovery(name, args, crypt_key, child)
    content = pulumi.Output.all(
        crypt_key=crypt_key,
        host=database.host,
        port=database.port,
        name=database.database,
        username=database.username,
        password=database.password,
        sessions_host=cache.sessions_host,
        sessions_password=cache.sessions_password,
        cache_host=cache.cache_host,
        cache_password=cache.cache_password,
    ).apply(lambda known: local_xml(_local_xml(args, known)))
    made = k8s.core.v1.Secret(
        name,
        metadata=auto_named(name, args),
        type="Opaque",
        string_data={
            "local.xml": content,
            # Always there, so that it can be mounted; empty where the connection is plain.
            "database-ca.pem": database.ca or "",
        },
        opts=child,
    )
    return made.metadata.name


def _recovery(
    name: str, args: ShopConfigArgs, crypt_key: pulumi.Output[str], child: pulumi.ResourceOptions
) -> None:
    """Leave beside the retained volumes what is needed to read them again."""
    database = args["database"]
    values = {"cryptKey": crypt_key, "databasePassword": database.password}
    if database.root_password is not None:
        values["databaseRootPassword"] = database.root_password
    k8s.core.v1.Secret(
        f"{name}-recovery",
        metadata=auto_named(f"{name}-recovery", args),
        type="Opaque",
        string_data=values,
        opts=keep(args["retention"], child),
    )


def _local_xml(args: ShopConfigArgs, known: dict[str, str | int]) -> LocalXml:
    database = args["database"]
    connection: Connection = {
        "host": str(known["host"]),
        "port": int(known["port"]),
        "name": str(known["name"]),
        "username": str(known["username"]),
        "password": str(known["password"]),
        "tls": database.ca is not None,
    }
    values: LocalXml = {
        "crypt_key": str(known["crypt_key"]),
        "admin_path": args["admin_path"],
        "release": args["release"],
        "database": connection,
        "sessions": {
            "host": str(known["sessions_host"]),
            "port": VALKEY_PORT,
            "password": str(known["sessions_password"]),
        },
        "cache": {
            "host": str(known["cache_host"]),
            "port": VALKEY_PORT,
            "password": str(known["cache_password"]),
        },
        "max_concurrency": args["max_concurrency"],
    }
    if database.read is not None:
        values["read"] = {**connection, **database.read}
    return values
