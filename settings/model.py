"""The settings of one shop: `openmage:shop` in a stack file."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from settings.access import AccessList
from settings.cache import Cache
from settings.cron import Cron
from settings.database import Database
from settings.edge import Edge
from settings.frontend_cache import FrontendCache
from settings.hosts import Hosts
from settings.images import Images
from settings.mail import Mail, NoMail
from settings.media import Media
from settings.php import Php
from settings.phpmyadmin import PhpMyAdmin
from settings.tenant import Network
from settings.types import AdminPath, Currency, Customer, Locale, Namespace, TimeZone, php_bytes
from settings.web import Web
from stackfile.needs import Closed, Prerequisites
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Email, Line, Server, bytes_of

SHOP = "openmage:shop"
"""Configuration key of the settings."""


class Cluster(Section):
    """The cluster that the shop is on."""

    context: Annotated[str, Field(min_length=1)]
    """Context in the kubeconfig; nothing is ever deployed to any other."""
    server: Server | None = None
    """API server that the context must point to; default: any. Guards against a context of the
    same name in another kubeconfig."""
    adopt: bool = False
    """Take over the namespace and the claims that a destroyed stack of this shop left behind. The
    secrets `cryptKey`, `databasePassword` and `databaseRootPassword` must be supplied: without
    them the data cannot be read."""


class Admin(Section):
    """The admin area and its first administrator."""

    path: AdminPath = "backoffice"
    """Front name of the admin area."""
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,40}$")] = "shopadmin"
    """User name of the administrator that the first release creates."""
    email: Email
    """E-mail address of the administrator."""
    first_name: Line = "Shop"
    last_name: Line = "Administrator"


class Store(Section):
    """Locale, time zone and currency of the default store."""

    locale: Locale = "en_US"
    timezone: TimeZone = "UTC"
    currency: Currency = "USD"


class Settings(Section):
    """One customer's shop in one environment."""

    customer: Customer
    """Customer, as a short Kubernetes name; 30 characters at most."""
    environment: Literal["dev", "staging", "production"]
    """Rules get stricter from left to right: staging requires TLS; production also digests, two
    storefront pods and data that survives the stack."""
    preset: Literal["small", "medium", "large"] = "small"
    """Sizes of everything; each can be overridden where it is set."""
    namespace: Namespace | None = None
    """Namespace to create; default: `<customer>-<environment>`."""
    create_namespace: bool = True
    """`false` for a namespace that exists, is empty, and has the label
    `pod-security.kubernetes.io/enforce: restricted`; it is never changed or deleted."""
    retain_data: bool = True
    """Whether namespace, volumes and keys stay in the cluster when the stack is destroyed."""
    cluster: Cluster
    images: Images
    hosts: Hosts
    admin: Admin
    store: Store = Store()
    php: Php = Php()
    web: Web
    """Default: topology `shared`."""
    cron: Cron
    database: Database
    """Default: mode `volume`."""
    cache: Cache
    media: Media
    frontend_cache: FrontendCache
    """Default: mode `none`."""
    edge: Edge
    access: AccessList = AccessList()
    phpmyadmin: PhpMyAdmin = Field(alias="phpMyAdmin")
    mail: Mail = NoMail(mode="none")
    """Default: mode `none`."""
    network: Network = Network()

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield the namespace, where others make it."""
        if not self.create_namespace:
            yield Closed((*path, "createNamespace"), self.namespace_name, self.labels)

    @property
    def namespace_name(self) -> str:
        """Namespace of the shop."""
        return self.namespace or f"{self.customer}-{self.environment}"

    @property
    def secure(self) -> bool:
        """Whether visitors use https."""
        return self.edge.tls.secure

    @property
    def production(self) -> bool:
        """Whether this is a production shop."""
        return self.environment == "production"

    @property
    def labels(self) -> dict[str, str]:
        """Labels of every object of the shop."""
        return {
            "openmage.org/customer": self.customer,
            "openmage.org/environment": self.environment,
        }

    @property
    def connections(self) -> int:
        """Database connections that the shop may open at once."""
        storefront, admin = self.web.storefront, self.web.admin
        return sizing.connections(
            (storefront.autoscaling.max_replicas, storefront.php.workers),
            (admin.replicas, admin.php.workers),
        )

    @property
    def session_concurrency(self) -> int:
        """Requests that may wait for one session: a tenth of all workers, at least 6."""
        storefront = self.web.storefront
        return max(6, storefront.autoscaling.max_replicas * storefront.php.workers // 10)

    @property
    def warnings(self) -> list[str]:
        """Settings that are allowed but probably a mistake."""
        found: list[str] = []
        for tier, php in (("storefront", self.web.storefront.php), ("admin", self.web.admin.php)):
            limit = bytes_of(php.resources.limits.memory)
            if php.workers * php_bytes(self.php.memory_limit) > 2 * limit:
                found.append(
                    f"openmage:shop.web.{tier}: {php.workers} workers of {self.php.memory_limit}"
                    f" may need more than twice the pod's {php.resources.limits.memory}"
                )
        if self.production and isinstance(self.mail, NoMail):
            found.append(
                "openmage:shop.mail: mode is none: customers get no order confirmations,"
                " unless a module of the shop sends mail itself"
            )
        if self.database.reads_elsewhere:
            found.append(
                "openmage:shop.database: reads go to replicas, which lag behind: a customer may"
                " not see what was just added to the cart, and cron may run a job twice"
            )
        return found
