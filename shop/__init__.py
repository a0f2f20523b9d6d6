"""The files that go into pods, rendered from plain values."""

from shop.local_xml import Connection, LocalXml, local_xml
from shop.render import (
    Door,
    Limit,
    Server,
    Site,
    apache_config,
    fpm_pool,
    mysqld_config,
    nginx_config,
    php_ini,
    script,
    valkey_config,
)
from shop.rows import Store, config_rows, release_settings

__all__ = [
    "Connection",
    "Door",
    "Limit",
    "LocalXml",
    "Server",
    "Site",
    "Store",
    "apache_config",
    "config_rows",
    "fpm_pool",
    "local_xml",
    "mysqld_config",
    "nginx_config",
    "php_ini",
    "release_settings",
    "script",
    "valkey_config",
]
