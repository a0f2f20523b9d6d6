"""Rules about sizes: containers, workers, connections."""

from collections.abc import Iterator

from settings import sizing
from settings.model import Settings
from settings.types import bytes_of, millicores, php_bytes
from settings.violation import Violation
from settings.web import SplitWeb

_MIN_WORKERS = 2


def resources(settings: Settings) -> Iterator[Violation]:
    """Refuse a limit below its request."""
    for path, container, _ in settings.containers():
        requests, limits = container.requests, container.limits
        if millicores(limits.cpu) < millicores(requests.cpu):
            yield Violation(
                (*path, "limits", "cpu"),
                f"the limit is below the request of {requests.cpu}",
                "raise the limit or lower the request",
            )
        if bytes_of(limits.memory) < bytes_of(requests.memory):
            yield Violation(
                (*path, "limits", "memory"),
                f"the limit is below the request of {requests.memory}",
                "raise the limit or lower the request",
            )


def php_memory(settings: Settings) -> Iterator[Violation]:
    """Refuse a pod that one request could block or kill."""
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
                f"holds {php.workers} workers of {php.worker_memory}: one slow request"
                " would block the pod",
                f"use {least * 10 // 9 // sizing.MIB + 1}Mi or more, or lower workerMemory",
            )
    if php_bytes(settings.cron.memory_limit) > bytes_of(settings.cron.resources.limits.memory):
        yield Violation(
            ("cron", "memoryLimit"),
            f"cron may use more than its pod has, {settings.cron.resources.limits.memory}",
            "lower it, or raise cron's limits.memory",
        )


def scaling(settings: Settings) -> Iterator[Violation]:
    """Refuse an autoscaler that has no room."""
    web = settings.web
    scaled = {("web", "storefront", "autoscaling"): web.storefront.autoscaling}
    if isinstance(web, SplitWeb):
        path = ("web", "storefront", "nginx", "autoscaling")
        scaled |= {path: web.storefront.nginx.autoscaling}
    for path, found in scaled.items():
        if found.min_replicas > found.max_replicas:
            yield Violation(
                (*path, "maxReplicas"),
                f"is below minReplicas, {found.min_replicas}",
                "raise it, or lower minReplicas",
            )


def connections(settings: Settings) -> Iterator[Violation]:
    """Refuse more workers than the database takes connections."""
    if settings.connections > settings.database.max_connections:
        yield Violation(
            ("database", "maxConnections"),
            f"the workers of all pods may open {settings.connections} connections",
            f"use {settings.connections} or more, or fewer pods or workers",
        )
