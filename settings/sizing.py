"""How memory and connections are divided."""

from shop.constants import OPCACHE_MEGABYTES

MIB = 2**20
OPCACHE = OPCACHE_MEGABYTES * MIB
"""Memory of PHP's opcache."""
_BASE = 64 * MIB
"""Memory of php-fpm's master process, its extensions and buffers."""
SURGE = 1
"""Pods that a rollout adds temporarily."""
HOSTS_OF_ADMIN = 2
"""Names that lead to the admin pods: the admin area's, and phpMyAdmin's if it has one."""
RESERVED_CONNECTIONS = 20
"""Spare connections for the release, cron and manual queries."""


def fpm_workers(limit: int, worker: int) -> int:
    """Return the number of workers that fit a memory limit, keeping a tenth for peaks."""
    return max(0, int((limit - OPCACHE - _BASE) * 9 // 10 // worker))


def connections(storefront: tuple[int, int], admin: tuple[int, int]) -> int:
    """Return the connections that (pods, workers) of both tiers may open during a rollout."""
    return RESERVED_CONNECTIONS + sum(
        (pods + SURGE) * workers for pods, workers in (storefront, admin)
    )
