"""Rules across settings: each says where, why and what to do."""

from collections.abc import Callable, Iterator

from settings import own_lines, sizing
from settings.model import Settings
from settings.stores import ExternalDatabase, VolumeDatabase
from settings.types import bytes_of, has_digest, image_tag, millicores, network, php_bytes
from settings.violation import Violation
from settings.web import Resources

_MIN_WORKERS = 2
_MARIADB = ("10.11", "11.4", "11.8", "12.3")
"""MariaDB's long-term versions that are maintained in 2026."""


Rule = Callable[[Settings], Iterator[Violation]]


def violations(settings: Settings) -> list[Violation]:
    """Return everything that is wrong, in the order of the rules."""
    return [found for rule in _RULES for found in rule(settings)]


def _hosts(settings: Settings) -> Iterator[Violation]:
    seen: set[str] = set()
    for index, host in enumerate(settings.hosts.shop):
        if host in seen:
            yield Violation(("hosts", "shop", index), "the host is listed twice", "remove one")
        seen.add(host)
    if settings.hosts.admin in seen:
        yield Violation(
            ("hosts", "admin"),
            "the admin area needs a host of its own: its cookies and pods are apart",
            f"use another one, such as admin.{settings.hosts.shop[0]}",
        )


def _tls(settings: Settings) -> Iterator[Violation]:
    if settings.environment != "dev" and not settings.secure:
        yield Violation(
            ("edge", "tls", "mode"),
            f"{settings.environment} is reached by people: without TLS passwords are readable",
            "use mode secret or certificate",
        )


def _production(settings: Settings) -> Iterator[Violation]:
    if not settings.production:
        return
    for key in ("php", "nginx", "mariadb", "valkey"):
        unused = key == "mariadb" and isinstance(settings.database, ExternalDatabase)
        if not unused and not has_digest(getattr(settings.images, key)):
            yield Violation(
                ("images", key),
                "production runs exactly the image that was tested: a tag can be moved",
                "append the digest, @sha256:...",
            )
    if settings.web.storefront.autoscaling.min_replicas < 2:  # noqa: PLR2004 (one and another)
        yield Violation(
            ("web", "storefront", "autoscaling", "minReplicas"),
            "one pod is none while its node is drained",
            "use 2 or more",
        )
    if not settings.retain_data:
        yield Violation(
            ("retainData",),
            "production data must survive the stack",
            "remove the line; dev and staging may set it to false",
        )
    if isinstance(settings.database, ExternalDatabase) and settings.database.ca is None:
        yield Violation(
            ("database", "ca"),
            "the password and the orders would cross the network in clear text",
            "paste the provider's CA certificate",
        )


def _proxies(settings: Settings) -> Iterator[Violation]:
    for index, cidr in enumerate(settings.edge.trusted_proxies):
        if settings.environment != "dev" and network(cidr).prefixlen == 0:
            yield Violation(
                ("edge", "trustedProxies", index),
                "anybody could claim any client address",
                "name the network of the controller's pods",
            )


def _resources(settings: Settings) -> Iterator[Violation]:
    for path, resources in _all_resources(settings):
        requests, limits = resources.requests, resources.limits
        if millicores(limits.cpu) < millicores(requests.cpu):
            yield Violation(
                (*path, "resources", "limits", "cpu"),
                f"the limit is below the request of {requests.cpu}",
                "raise the limit or lower the request",
            )
        if bytes_of(limits.memory) < bytes_of(requests.memory):
            yield Violation(
                (*path, "resources", "limits", "memory"),
                f"the limit is below the request of {requests.memory}",
                "raise the limit or lower the request",
            )


def _all_resources(settings: Settings) -> Iterator[tuple[tuple[str, ...], Resources]]:
    web = settings.web
    yield ("web", "storefront", "php"), web.storefront.php.resources
    yield ("web", "storefront", "nginx"), web.storefront.nginx.resources
    yield ("web", "admin", "php"), web.admin.php.resources
    yield ("web", "admin", "nginx"), web.admin.nginx.resources
    yield ("cron",), settings.cron.resources
    yield ("cache", "sessions"), settings.cache.sessions.resources
    yield ("cache", "cache"), settings.cache.cache.resources
    if isinstance(settings.database, VolumeDatabase):
        yield ("database",), settings.database.resources


def _php_memory(settings: Settings) -> Iterator[Violation]:
    for tier in ("storefront", "admin"):
        php = getattr(settings.web, tier).php
        limit = bytes_of(php.resources.limits.memory)
        if php_bytes(settings.php.memory_limit) > limit:
            yield Violation(
                ("php", "memoryLimit"),
                f"one request may use more than the {tier}'s pod has,"
                f" {php.resources.limits.memory}",
                "lower it, or raise the pod's limits.memory",
            )
        if php.workers < _MIN_WORKERS:
            least = sizing.OPCACHE + 64 * sizing.MIB + _MIN_WORKERS * bytes_of(php.worker_memory)
            yield Violation(
                ("web", tier, "php", "resources", "limits", "memory"),
                f"holds {php.workers} php-fpm workers of {php.worker_memory}: one slow request"
                " would block the pod",
                f"use {least * 10 // 9 // sizing.MIB + 1}Mi or more, or lower workerMemory",
            )
    if php_bytes(settings.cron.memory_limit) > bytes_of(settings.cron.resources.limits.memory):
        yield Violation(
            ("cron", "memoryLimit"),
            f"cron may use more than its pod has, {settings.cron.resources.limits.memory}",
            "lower it, or raise cron's limits.memory",
        )


def _scaling(settings: Settings) -> Iterator[Violation]:
    scaling = settings.web.storefront.autoscaling
    if scaling.min_replicas > scaling.max_replicas:
        yield Violation(
            ("web", "storefront", "autoscaling", "maxReplicas"),
            f"is below minReplicas, {scaling.min_replicas}",
            "raise it, or lower minReplicas",
        )


def _connections(settings: Settings) -> Iterator[Violation]:
    if settings.connections > settings.database.max_connections:
        yield Violation(
            ("database", "maxConnections"),
            f"the workers of all pods may open {settings.connections} connections",
            f"use {settings.connections} or more, or fewer pods or workers",
        )


def _media(settings: Settings) -> Iterator[Violation]:
    if settings.media.access_mode == "ReadWriteMany":
        return
    if settings.environment != "dev" or settings.web.storefront.autoscaling.max_replicas > 1:
        yield Violation(
            ("media", "accessMode"),
            "pods on several nodes share the volume, and this one can be on one node only",
            "use ReadWriteMany; ReadWriteOnce is for dev with maxReplicas 1",
        )


def _database_version(settings: Settings) -> Iterator[Violation]:
    tag = image_tag(settings.images.mariadb)
    if isinstance(settings.database, ExternalDatabase) or tag is None:
        return
    if not any(
        tag == version or tag.startswith((f"{version}.", f"{version}-")) for version in _MARIADB
    ):
        yield Violation(
            ("images", "mariadb"),
            "is no MariaDB version with long-term support in 2026",
            f"use {', '.join(_MARIADB)}",
        )


def _external_names(settings: Settings) -> Iterator[Violation]:
    database = settings.database
    if not isinstance(database, ExternalDatabase):
        return
    if database.name in {"mysql", "sys", "information_schema", "performance_schema"}:
        yield Violation(
            ("database", "name"), "belongs to the server itself", "use a database of the shop's own"
        )
    if database.username in {"root", "mysql", "mariadb.sys"}:
        yield Violation(
            ("database", "username"),
            "may do everything on the server",
            "use a user with rights on this database only",
        )


_RULES: tuple[Rule, ...] = (
    _hosts,
    _tls,
    _production,
    _proxies,
    _resources,
    _php_memory,
    _scaling,
    _connections,
    _media,
    _database_version,
    _external_names,
    own_lines.ini,
    own_lines.mysqld,
    own_lines.nginx,
)
