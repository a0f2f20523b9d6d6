"""What the way in is told."""

from typing import Protocol

import pulumi

from components import Tenant
from components._terminator import HTTPS_PORT
from components._ways import Route, Terminator
from components._web_pod import HTTP_PORT
from components.certificate import Certificate
from components.edge import EdgeArgs
from settings import Settings
from wiring._common import of_shop
from wiring._ways import as_way, terminates

_TERMINATOR: Terminator = {
    "workload": "frontend-cache",
    "http_port": HTTP_PORT,
    "https_port": HTTPS_PORT,
}


class Served(Protocol):
    """A component with a Service."""

    @property
    def service(self) -> pulumi.Output[str]:
        """Name of the Service."""
        ...


def edge(  # noqa: PLR0913, PLR0917 (the edge leads to these)
    settings: Settings,
    tenant: Tenant,
    certificate: Certificate,
    storefront: Served,
    front: Served | None,
    admin: Served,
) -> EdgeArgs:
    """Return what the way in is told; `front` is the cache before the storefront, if any."""
    former = settings.edge.moving_from
    return {
        **of_shop(settings, tenant),
        "way": as_way(settings.edge),
        "former": None if former is None else as_way(former),
        "routes": _routes(settings, storefront, front, admin),
        "terminator": _TERMINATOR if terminates(settings) else None,
        "tls": {
            "secure": settings.secure,
            "secret": certificate.secret,
            "issued_later": settings.edge.tls.mode == "letsencrypt" and not terminates(settings),
        },
        "admin_path": settings.admin.path,
    }


def _routes(
    settings: Settings, storefront: Served, front: Served | None, admin: Served
) -> list[Route]:
    web, found = settings.web, hosts(settings)
    shop: Route = {
        "name": "shop",
        "hosts": found["shop"],
        "service": storefront.service,
        "workload": "storefront",
        "seconds": web.storefront.request_timeout_seconds,
    }
    # Over plain http a terminator only sends visitors to https, so controllers, which end TLS
    # themselves, go past it during a move.
    if front is not None and not terminates(settings):
        shop["service"], shop["workload"] = front.service, "frontend-cache"
    return [
        shop,
        {
            "name": "admin",
            "hosts": found["admin"],
            "service": admin.service,
            "workload": "admin",
            "seconds": web.admin.request_timeout_seconds,
        },
    ]


def hosts(settings: Settings) -> dict[str, list[str]]:
    """Return every host, by where it leads."""
    admin, phpmyadmin = [settings.hosts.admin], settings.php_my_admin.host
    if phpmyadmin is not None:
        # The admin pods' web server leads to it.
        admin.append(phpmyadmin)
    return {"shop": list(settings.hosts.public), "admin": admin}
