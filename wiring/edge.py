"""Arguments of the edge."""

from typing import Protocol

import pulumi

from components import Certificate, Tenant
from components.edge.edge import EdgeArgs
from components.edge.routes import Backend
from settings import Settings
from wiring import names
from wiring.common import of_shop


class Served(Protocol):
    """A component with a Service."""

    @property
    def service(self) -> pulumi.Output[str]:
        """Name of the Service."""
        ...


def args(  # noqa: PLR0913, PLR0917 (the edge leads to these)
    settings: Settings,
    tenant: Tenant,
    certificate: Certificate,
    storefront: Served,
    frontend_cache: Served | None,
    admin: Served,
) -> EdgeArgs:
    """Return the arguments of the edge; visitors meet the frontend cache first, if there is one."""
    terminates = settings.frontend_cache.terminates_tls
    return {
        **of_shop(settings, tenant),
        "route": settings.edge,
        "moving_from": settings.edge.moving_from,
        "backends": _backends(settings, storefront, frontend_cache, admin),
        "terminator": names.FRONTEND_CACHE if terminates else None,
        "tls": {
            "secure": settings.secure,
            "secret": certificate.secret,
            "issued_later": settings.edge.tls.mode == "letsencrypt" and not terminates,
        },
        "admin_path": settings.admin.path,
    }


def _backends(
    settings: Settings, storefront: Served, frontend_cache: Served | None, admin: Served
) -> list[Backend]:
    web, found = settings.web, hosts(settings)
    shop: Backend = {
        "name": "shop",
        "hosts": found["shop"],
        "service": storefront.service,
        "workload": names.STOREFRONT,
        "timeout": web.storefront.request_timeout_seconds,
    }
    # Over plain http a terminator only redirects to https, so controllers, which terminate TLS
    # themselves, bypass it during a move.
    if frontend_cache is not None and not settings.frontend_cache.terminates_tls:
        shop["service"], shop["workload"] = frontend_cache.service, names.FRONTEND_CACHE
    return [
        shop,
        {
            "name": "admin",
            "hosts": found["admin"],
            "service": admin.service,
            "workload": names.ADMIN,
            "timeout": web.admin.request_timeout_seconds,
        },
    ]


def hosts(settings: Settings) -> dict[str, list[str]]:
    """Return every host, grouped by destination."""
    admin, phpmyadmin = [settings.hosts.admin], settings.phpmyadmin.host
    if phpmyadmin is not None:
        # The admin pods' web server proxies to it.
        admin.append(phpmyadmin)
    return {"shop": list(settings.hosts.public), "admin": admin}
