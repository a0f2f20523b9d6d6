"""One shop: its settings, its cluster, and what it is made of, in the order it depends on."""

import pulumi

import wiring
from cluster import connect, refuse_other_clusters
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

settings, secrets = load()
refuse_other_clusters(settings.cluster)
wiring.check_cluster(settings)
for warning in settings.warnings:
    pulumi.log.warn(warning)

on_cluster = pulumi.ResourceOptions(provider=connect(settings.cluster))

tenant = Tenant("tenant", wiring.tenant(settings), on_cluster)
pods = wiring.pods(settings, tenant)

mail = Mail("mail", wiring.mail(settings, secrets, tenant), on_cluster)
media = Media("media", wiring.media(settings, tenant), on_cluster)
database = Database("database", wiring.database(settings, secrets, pods), on_cluster)
cache = Cache("cache", wiring.cache(settings, secrets, pods), on_cluster)
config = ShopConfig(
    "config", wiring.shop_config(settings, secrets, tenant, database, cache), on_cluster
)
certificate = Certificate("certificate", wiring.certificate(settings, secrets, tenant), on_cluster)

code = wiring.code(settings, pods, config, media, mail)
release = Release("release", wiring.release(settings, secrets, code), on_cluster)
storefront = WebTier("storefront", wiring.storefront(settings, code, config, release), on_cluster)

phpmyadmin = None
if door := wiring.php_my_admin(settings, pods, database):
    phpmyadmin = PhpMyAdmin("phpmyadmin", door, on_cluster)
admin = WebTier("admin", wiring.admin(settings, code, config, release, phpmyadmin), on_cluster)
CronRunner("cron", wiring.cron(settings, code, release), on_cluster)

front = None
if cached := wiring.frontend_cache(settings, pods, storefront, admin, certificate.secret):
    front = FrontendCache("frontend-cache", cached, on_cluster)
edge = Edge(
    "edge", wiring.edge(settings, tenant, certificate, storefront, front, admin), on_cluster
)

pulumi.export("namespace", tenant.namespace)
pulumi.export("shopUrl", edge.shop_url)
pulumi.export("adminUrl", edge.admin_url)
pulumi.export("edgeAddress", edge.address)
pulumi.export("adminUsername", settings.admin.username)
pulumi.export("adminPassword", release.admin_password)
if config.access_password is not None:
    pulumi.export("accessPassword", config.access_password)
# The next update is refused if it would part the shop from its data.
pulumi.export("recorded", wiring.record(settings, secrets))
pulumi.export("recordedSecrets", wiring.fingerprints(settings, database, config))
