"""Which setting becomes which argument: `args` in each module gives a component its own."""

from wiring import (
    cache,
    certificate,
    cluster,
    common,
    cron,
    database,
    edge,
    frontend_cache,
    mail,
    media,
    phpmyadmin,
    record,
    release,
    shop_config,
    tenant,
    web,
)

__all__ = [
    "cache",
    "certificate",
    "cluster",
    "common",
    "cron",
    "database",
    "edge",
    "frontend_cache",
    "mail",
    "media",
    "phpmyadmin",
    "record",
    "release",
    "shop_config",
    "tenant",
    "web",
]
