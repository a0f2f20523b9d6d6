"""How memory and connections are divided."""

from shop.constants import OPCACHE_MEGABYTES

MIB = 2**20
OPCACHE = OPCACHE_MEGABYTES * MIB
"""Memory of PHP's opcache."""
_BASE = 64 * MIB
"""Memory of php-fpm's master process, its extensions and buffers."""
_POOL_CHUNK = 128 * MIB
"""InnoDB rounds its buffer pool to multiples of this."""
_GIB = 2**30
SURGE = 1
"""Pods that a rollout adds temporarily."""
HOSTS_OF_ADMIN = 2
"""Names that lead to the admin pods: the admin area's, and phpMyAdmin's if it has one."""
RESERVED_CONNECTIONS = 20
"""Spare connections for the release, cron and manual queries."""


def fpm_workers(limit: int, worker: int) -> int:
    """Return the number of workers that fit a memory limit, keeping a tenth for peaks."""
    return max(0, int((limit - OPCACHE - _BASE) * 9 // 10 // worker))


def buffer_pool(memory: int) -> int:
    """Return InnoDB's buffer pool: half of a small memory, up to 70 % of a large one."""
    percent = 50 if memory <= 2 * _GIB else 65 if memory <= 8 * _GIB else 70
    return max(memory * percent // 100 // _POOL_CHUNK, 1) * _POOL_CHUNK


def valkey_memory(limit: int, percent: int) -> int:
    """Return maxmemory; the rest of the limit is for forks, buffers and fragmentation."""
    return limit * percent // 100


def connections(storefront: tuple[int, int], admin: tuple[int, int]) -> int:
    """Return the connections that (pods, workers) of both tiers may open during a rollout."""
    return RESERVED_CONNECTIONS + sum(
        (pods + SURGE) * workers for pods, workers in (storefront, admin)
    )
