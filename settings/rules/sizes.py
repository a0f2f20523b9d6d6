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
    # Measured with the smallest buffer pool MariaDB gets: 230 MiB when it is full.
    ("database", "resources"): (256, "a buffer pool of 128 MiB and the server itself"),
    # Measured: 11 MiB besides the data, which gets 60 % of a limit, or 80 %.
    ("cache", "sessions", "resources"): (32, "the server beside its data"),
    ("cache", "cache", "resources"): (64, "the server beside its data"),
    # Measured: 25 MiB for Apache's processes; opcache takes 32 MiB, and one page half of the limit.
    ("phpMyAdmin", "resources"): (128, "Apache, opcache and one page"),
}
"""Minimum memory of a container in MiB, and what it is for."""


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
    """Refuse a limit at which a container is OOM-killed when idle."""
    for path, container, _ in containers(settings):
        least, content = _LEAST_MEMORY.get(path, (0, ""))
        if bytes_of(container.limits.memory) < least * sizing.MIB:
            yield Violation(
                (*path, "limits", "memory"),
                f"is too little for {content}",
                f"use {least}Mi or more",
            )


def php_memory(settings: Settings) -> Iterator[Violation]:
    """Refuse a pod that a single request could block or OOM-kill."""
    for tier in ("storefront", "admin"):
        php = getattr(settings.web, tier).php
        limit = bytes_of(php.resources.limits.memory)
        if php_bytes(settings.php.memory_limit) > limit:
            yield Violation(
                ("php", "memoryLimit"),
                f"a single request may use more than the memory limit of the {tier}'s pod,"
                f" {php.resources.limits.memory}",
                "lower it, or raise the pod's limits.memory",
            )
        if php.workers < _MIN_WORKERS:
            least = sizing.OPCACHE + 64 * sizing.MIB + _MIN_WORKERS * bytes_of(php.worker_memory)
            yield Violation(
                ("web", tier, "php", "resources", "limits", "memory"),
                f"has room for {php.workers} workers of {php.worker_memory}: one slow request"
                " would block the pod",
                f"use {least * 10 // 9 // sizing.MIB + 1}Mi or more, or lower workerMemory",
            )
    if php_bytes(settings.cron.memory_limit) > bytes_of(settings.cron.resources.limits.memory):
        yield Violation(
            ("cron", "memoryLimit"),
            f"exceeds the memory limit of cron's pod, {settings.cron.resources.limits.memory}",
            "lower it, or raise cron's limits.memory",
        )


def scaling(settings: Settings) -> Iterator[Violation]:
    """Refuse an autoscaler whose maximum is below its minimum."""
    for path, found in scaled(settings):
        if found.min_replicas > found.max_replicas:
            yield Violation(
                (*path, "maxReplicas"),
                f"is below minReplicas, {found.min_replicas}",
                "raise it, or lower minReplicas",
            )


def scaled(settings: Settings) -> Iterator[tuple[Path, Autoscaling]]:
    """Yield the autoscaling sections of the storefront, with their paths."""
    storefront = settings.web.storefront
    yield ("web", "storefront", "autoscaling"), storefront.autoscaling
    if isinstance(storefront, SplitStorefront):
        yield ("web", "storefront", "nginx", "autoscaling"), storefront.nginx.autoscaling


def connections(settings: Settings) -> Iterator[Violation]:
    """Refuse more workers than the database allows connections."""
    if settings.connections > settings.database.max_connections:
        yield Violation(
            ("database", "maxConnections"),
            f"is too low: the workers of all pods may open {settings.connections} connections",
            f"use {settings.connections} or more, or fewer pods or workers",
        )
