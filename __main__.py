"""One shop: its settings, its cluster, and what it is made of, in the order it depends on."""

import pulumi

import wiring
from cluster import connect
from components import (
    Cache,
    CronRunner,
    Database,
    Edge,
    Media,
    Release,
    ShopConfig,
    Tenant,
    WebTier,
)
from settings import load

settings, secrets = load()
for warning in settings.warnings:
    pulumi.log.warn(warning)

on_cluster = pulumi.ResourceOptions(provider=connect(settings.cluster))

tenant = Tenant("tenant", wiring.tenant(settings), on_cluster)
pods = wiring.pods(settings, tenant)

media = Media("media", wiring.media(settings, tenant), on_cluster)
database = Database("database", wiring.database(settings, secrets, pods), on_cluster)
cache = Cache("cache", wiring.cache(settings, secrets, pods), on_cluster)
config = ShopConfig(
    "config", wiring.shop_config(settings, secrets, tenant, database, cache), on_cluster
)

code = wiring.code(settings, pods, config, media)
release = Release("release", wiring.release(settings, secrets, code), on_cluster)
storefront = WebTier("storefront", wiring.storefront(settings, code, config, release), on_cluster)
admin = WebTier("admin", wiring.admin(settings, code, config, release), on_cluster)
CronRunner("cron", wiring.cron(settings, code, release), on_cluster)

edge = Edge("edge", wiring.edge(settings, secrets, tenant, storefront, admin), on_cluster)

pulumi.export("namespace", tenant.namespace)
pulumi.export("shopUrl", edge.shop_url)
pulumi.export("adminUrl", edge.admin_url)
pulumi.export("adminUsername", settings.admin.username)
pulumi.export("adminPassword", release.admin_password)
