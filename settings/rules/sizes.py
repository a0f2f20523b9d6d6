"""Rules about sizes: containers, workers, connections."""

from collections.abc import Iterator, Mapping

from settings import sizing
from settings.model import Settings
from settings.needs import containers
from settings.types import php_bytes
from settings.web import SplitStorefront
from stackfile.report import Path, Violation
from stackfile.types import bytes_of, millicores
from stackfile.values import Autoscaling

_MIN_WORKERS = 2
_LEAST_MEMORY: Mapping[Path, tuple[int, str]] = {
    # A MariaDB was measured with the smallest buffer pool that it gets: 230 MiB when that is full.
    ("database", "resources"): (256, "a buffer pool of 128 MiB and the server around it"),
    # 11 MiB were measured beside the data, for which there are 60 % of a limit, or 80 %.
    ("cache", "sessions", "resources"): (32, "the server beside its data"),
    ("cache", "cache", "resources"): (64, "the server beside its data"),
    # 25 MiB were measured of Apache's processes; opcache takes 32 MiB, and one page half of all.
    ("phpMyAdmin", "resources"): (128, "Apache, opcache and one page"),
}
"""MiB of a container at least, and what for."""


def resources(settings: Settings) -> Iterator[Violation]:
    """Refuse a limit below its request."""
    for path, container, _ in containers(settings):
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


def least_memory(settings: Settings) -> Iterator[Violation]:
    """Refuse a limit at which a container is killed before it has any work."""
    for path, container, _ in containers(settings):
        least, content = _LEAST_MEMORY.get(path, (0, ""))
        if bytes_of(container.limits.memory) < least * sizing.MIB:
            yield Violation(
                (*path, "limits", "memory"),
                f"is too little for {content}",
                f"use {least}Mi or more",
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
    for path, found in scaled(settings):
        if found.min_replicas > found.max_replicas:
            yield Violation(
                (*path, "maxReplicas"),
                f"is below minReplicas, {found.min_replicas}",
                "raise it, or lower minReplicas",
            )


def scaled(settings: Settings) -> Iterator[tuple[Path, Autoscaling]]:
    """Yield how the pods are scaled that customers come to, each time with its place."""
    storefront = settings.web.storefront
    yield ("web", "storefront", "autoscaling"), storefront.autoscaling
    if isinstance(storefront, SplitStorefront):
        yield ("web", "storefront", "nginx", "autoscaling"), storefront.nginx.autoscaling


def connections(settings: Settings) -> Iterator[Violation]:
    """Refuse more workers than the database takes connections."""
    if settings.connections > settings.database.max_connections:
        yield Violation(
            ("database", "maxConnections"),
            f"the workers of all pods may open {settings.connections} connections",
            f"use {settings.connections} or more, or fewer pods or workers",
        )
