"""Rules across settings; each violation has a path, a reason and a fix."""

from collections.abc import Callable, Iterator

from settings.model import Settings
from settings.rules import (
    cache,
    certificate,
    custom_lines,
    database,
    edge,
    frontend_cache,
    hosts,
    images,
    mail,
    media,
    mysqld_lines,
    php_lines,
    phpmyadmin,
    production,
    sizes,
    tenant,
)
from stackfile.report import Violation

Rule = Callable[[Settings], Iterator[Violation]]

_RULES: tuple[Rule, ...] = (
    hosts.hosts,
    hosts.stores,
    hosts.proxies,
    phpmyadmin.exposed,
    frontend_cache.frontend_cache,
    phpmyadmin.without_effect,
    edge.terminator,
    edge.listeners,
    edge.moving,
    certificate.needed,
    certificate.used,
    certificate.issuer,
    certificate.names,
    certificate.covered,
    tenant.names,
    tenant.neighbours,
    production.production,
    production.acme,
    sizes.resources,
    sizes.least_memory,
    sizes.php_memory,
    sizes.scaling,
    sizes.connections,
    media.media,
    database.database,
    cache.same_store,
    cache.engine,
    cache.encryption,
    images.nginx_image,
    mail.smtp,
    php_lines.ini,
    mysqld_lines.mysqld,
    custom_lines.web_server,
)


def violations(settings: Settings) -> list[Violation]:
    """Return all violations, in the order of the rules."""
    return [found for rule in _RULES for found in rule(settings)]
