"""One shop: its settings, its cluster and its components, in order of dependency."""

import pulumi

import wiring
from cluster import connect
from components import (
    Cache,
    Certificate,
    CronRunner,
    Database,
    Edge,
    FrontendCache,
    Mail,
    Media,
    PhpMyAdmin,
    Release,
    ShopConfig,
    Tenant,
    WebTier,
)
from settings import load
from wiring import names

settings, secrets = load.load()
connect.refuse_other_clusters(settings.cluster)
wiring.cluster.check(settings)
for warning in settings.warnings:
    pulumi.log.warn(warning)

on_cluster = pulumi.ResourceOptions(provider=connect.provider(settings.cluster))

tenant = Tenant("tenant", wiring.tenant.args(settings, secrets), on_cluster)
pods = wiring.common.pods(settings, tenant)

mail = Mail("mail", wiring.mail.args(settings, secrets, tenant), on_cluster)
media = Media("media", wiring.media.args(settings, tenant), on_cluster)
database = Database("database", wiring.database.args(settings, secrets, pods), on_cluster)
cache = Cache("cache", wiring.cache.args(settings, secrets, pods), on_cluster)
config = ShopConfig(
    "config", wiring.shop_config.args(settings, secrets, tenant, mail, database, cache), on_cluster
)
certificate = Certificate(
    "certificate", wiring.certificate.args(settings, secrets, tenant), on_cluster
)

code = wiring.common.code(settings, pods, config, media, mail)
release = Release("release", wiring.release.args(settings, secrets, code), on_cluster)
storefront = WebTier(
    names.STOREFRONT, wiring.web.storefront(settings, code, config, release), on_cluster
)

phpmyadmin = None
if arguments := wiring.phpmyadmin.args(settings, pods, database):
    phpmyadmin = PhpMyAdmin(names.PHPMYADMIN, arguments, on_cluster)
admin = WebTier(
    names.ADMIN, wiring.web.admin(settings, code, config, release, phpmyadmin), on_cluster
)
CronRunner("cron", wiring.cron.args(settings, code, release), on_cluster)

cached = None
if arguments := wiring.frontend_cache.args(settings, pods, storefront, admin, certificate.secret):
    cached = FrontendCache(names.FRONTEND_CACHE, arguments, on_cluster)
edge = Edge(
    names.EDGE,
    wiring.edge.args(settings, tenant, certificate, storefront, cached, admin),
    on_cluster,
)

pulumi.export("namespace", tenant.namespace)
pulumi.export("shopUrl", edge.shop_url)
pulumi.export("adminUrl", edge.admin_url)
pulumi.export("edgeAddress", edge.address)
pulumi.export("adminUsername", settings.admin.username)
pulumi.export("adminPassword", release.admin_password)
if config.access_password is not None:
    pulumi.export("accessPassword", config.access_password)
# The next update is refused if it would separate the shop from its data.
pulumi.export("recorded", wiring.record.recorded_settings(settings, secrets))
pulumi.export("recordedSecrets", wiring.record.fingerprints(settings, database, config))
