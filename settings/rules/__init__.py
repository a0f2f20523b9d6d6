"""Rules across settings: each says where, why and what to do."""

from collections.abc import Callable, Iterator

from settings.model import Settings
from settings.rules import (
    data,
    edge,
    extras,
    hosts,
    images,
    mail,
    namespaces,
    own_lines,
    production,
    sizes,
    stores,
    tls,
)
from settings.violation import Violation

Rule = Callable[[Settings], Iterator[Violation]]

_RULES: tuple[Rule, ...] = (
    hosts.hosts,
    hosts.stores,
    hosts.proxies,
    hosts.phpmyadmin,
    extras.frontend_cache,
    extras.php_my_admin,
    edge.terminator,
    edge.listeners,
    edge.moving,
    tls.needed,
    tls.used,
    tls.issuer,
    tls.names,
    tls.covered,
    namespaces.neighbours,
    production.production,
    production.acme,
    sizes.resources,
    sizes.least_memory,
    sizes.php_memory,
    sizes.scaling,
    sizes.connections,
    data.media,
    data.database_version,
    data.external_names,
    data.node_local,
    data.operated,
    stores.same_store,
    stores.engine,
    stores.certificate,
    stores.sentinel,
    images.nginx_image,
    mail.smtp,
    own_lines.ini,
    own_lines.mysqld,
    own_lines.web_server,
)


def violations(settings: Settings) -> list[Violation]:
    """Return everything that is wrong, in the order of the rules."""
    return [found for rule in _RULES for found in rule(settings)]
