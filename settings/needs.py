"""What a shop needs, as its choices say: containers, images, secrets, and of its cluster."""

from collections.abc import Iterator

from settings import sizing
from settings.model import Settings
from stackfile.needs import Prerequisites, SecretUse
from stackfile.report import Path
from stackfile.types import FOREIGN, bytes_of, millicores
from stackfile.values import Container


def containers(settings: Settings) -> Iterator[Container]:
    """Yield each container, as often as it runs at most; a pod counts once for each of them."""
    yield from settings.web.containers(("web",))
    yield from settings.cron.containers(("cron",))
    yield from settings.cache.sessions.containers(("cache", "sessions"))
    yield from settings.cache.cache.containers(("cache", "cache"))
    yield from settings.database.containers(("database",))
    yield from settings.frontend_cache.containers(("frontendCache",))
    yield from settings.phpmyadmin.containers(("phpMyAdmin",))


def images(settings: Settings) -> set[str]:
    """Return the keys of the images that the pods run."""
    return {
        *settings.web.images,
        *settings.cache.sessions.images,
        *settings.cache.cache.images,
        *settings.database.images,
        *settings.frontend_cache.images,
        *settings.phpmyadmin.images,
    }


def secret_uses(settings: Settings) -> Iterator[SecretUse]:
    """Yield what becomes of each secret configuration key."""
    yield from settings.database.secret_uses()
    yield from settings.cache.sessions.secret_uses("sessionsPassword")
    yield from settings.cache.cache.secret_uses("cachePassword")
    yield from settings.mail.secret_uses()
    yield from settings.edge.tls.secret_uses()
    yield from settings.access.secret_uses()
    if settings.cluster.adopt:
        for key in ("cryptKey", *settings.database.data_secrets):
            reason = (
                "cluster.adopt takes over data that only the old key can decrypt;"
                " it is in the Secret config-recovery-... that the old stack left behind"
            )
            yield SecretUse(key, required=reason)


def prerequisites(settings: Settings) -> Prerequisites:
    """Yield what the cluster must have."""
    for path, section in settings.sections():
        yield from section.prerequisites(path)


def foreign_namespaces(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield the namespaces of others that the settings name, each with its place."""
    for path, section in settings.sections():
        for name, field in type(section).model_fields.items():
            if FOREIGN in field.metadata:
                yield (*path, str(field.alias)), getattr(section, name)


def quota(settings: Settings) -> tuple[int, int, int]:
    """Return the namespace's quota: CPU in thousandths, memory in bytes, and pods.

    The sum of all maximums, with the pods that a rollout adds, and a quarter for manual work.
    """
    cpu = memory = pods = 0
    names = len(settings.hosts.public) + sizing.HOSTS_OF_ADMIN
    for _, resources, count in (*containers(settings), *settings.edge.tls.solvers(names)):
        cpu += millicores(resources.requests.cpu) * count
        memory += bytes_of(resources.limits.memory) * count
        pods += count
    return cpu * 5 // 4, memory * 5 // 4, pods * 2
