"""The settings of one shop: `openmage:shop` in a stack file."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from settings.access import AccessList
from settings.cache import Cache
from settings.cron import Cron
from settings.database import Database, GaleraDatabase, ReplicatedDatabase
from settings.edge import Edge
from settings.frontend_cache import FrontendCache, VarnishCache
from settings.hosts import Hosts
from settings.images import Images
from settings.mail import Mail, NoMail
from settings.media import Media
from settings.php import Php
from settings.phpmyadmin import PhpMyAdmin
from settings.tenant import Network
from settings.types import AdminPath, Currency, Customer, Locale, Namespace, TimeZone, php_bytes
from settings.web import ApacheWeb, SharedWeb, SplitWeb
from stackfile.section import Section
from stackfile.types import Email, Line, Server, bytes_of, millicores
from stackfile.values import Resources

SHOP = "openmage:shop"
"""Configuration key of the settings."""


class Cluster(Section):
    """The cluster that the shop is on."""

    context: Annotated[str, Field(min_length=1)]
    """Context of the kubeconfig; nothing is ever deployed to another one."""
    server: Server | None = None
    """API server that the context must lead to; default: any. Guards against a context of the
    same name in somebody else's kubeconfig."""
    adopt: bool = False
    """Take over the namespace and the claims that a destroyed stack of this shop has left. The
    secrets `cryptKey`, `databasePassword` and `databaseRootPassword` must be given then: without
    them the data is lost."""


class Admin(Section):
    """The admin area and its first administrator."""

    path: AdminPath = "backoffice"
    """Front name of the admin area."""
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,40}$")] = "shopadmin"
    """User name of the administrator that the first release makes."""
    email: Email
    """E-mail address of the administrator."""
    first_name: Line = "Shop"
    last_name: Line = "Administrator"


class Store(Section):
    """Language, time and money of the default store."""

    locale: Locale = "en_US"
    timezone: TimeZone = "UTC"
    currency: Currency = "USD"


class Settings(Section):
    """One customer's shop in one environment."""

    customer: Customer
    """Customer, as a short Kubernetes name; 30 characters at most."""
    environment: Literal["dev", "staging", "production"]
    """Rules get stricter from left to right: staging wants TLS; production also digests, two
    storefront pods and data that survives the stack."""
    preset: Literal["small", "medium", "large"] = "small"
    """Sizes of everything; any of them can be overridden in its place."""
    namespace: Namespace | None = None
    """Namespace to make; default: `<customer>-<environment>`."""
    retain_data: bool = True
    """Whether namespace, volumes and keys stay in the cluster when the stack is destroyed."""
    cluster: Cluster
    images: Images
    hosts: Hosts
    admin: Admin
    store: Store = Store()
    php: Php = Php()
    web: Annotated[SharedWeb | SplitWeb | ApacheWeb, Field(discriminator="topology")]
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

    @property
    def namespace_name(self) -> str:
        """Namespace of the shop."""
        return self.namespace or f"{self.customer}-{self.environment}"

    @property
    def secure(self) -> bool:
        """Whether the shop is reached by https."""
        return self.edge.tls.mode != "none"

    @property
    def production(self) -> bool:
        """Whether a customer's business depends on it."""
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
        """Requests that may wait for one session: a tenth of all workers, 6 at least."""
        storefront = self.web.storefront
        return max(6, storefront.autoscaling.max_replicas * storefront.php.workers // 10)

    @property
    def warnings(self) -> list[str]:
        """What is allowed but looks wrong."""
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
                "openmage:shop.mail: mode is none, so no customer gets a confirmation of an order,"
                " unless a module of the shop sends it by itself"
            )
        if self.database.reads_elsewhere:
            found.append(
                "openmage:shop.database: reads go to replicas, which lag behind: a customer may"
                " not see what was just put into the cart, and cron may run a job twice"
            )
        return found

    def quota(self) -> tuple[int, int, int]:
        """Return thousandths of CPU, bytes and pods that the whole namespace may ask for.

        Everything at its maximum, with the pods that a rollout adds, and a quarter for people.
        """
        cpu = memory = pods = 0
        for _, resources, count in self.containers():
            cpu += millicores(resources.requests.cpu) * count
            memory += bytes_of(resources.limits.memory) * count
            pods += count
        tls = self.edge.tls
        if tls.mode == "letsencrypt" and tls.issuer.mode == "http-01":
            # cert-manager answers for each name by a pod, as components/_certificates.py sizes it.
            names = len(self.hosts.public) + 2
            cpu, memory, pods = cpu + 10 * names, memory + 64 * sizing.MIB * names, pods + names
        return cpu * 5 // 4, memory * 5 // 4, pods * 2

    def containers(self) -> Iterator[tuple[tuple[str, ...], Resources, int]]:
        """Yield the place of the resources, the resources and the largest number of each container.

        A pod is counted once for each of its containers.
        """
        storefront, admin = self.web.storefront, self.web.admin
        front = storefront.autoscaling.max_replicas + sizing.SURGE
        back = admin.replicas + sizing.SURGE
        yield ("web", "storefront", "php", "resources"), storefront.php.resources, front
        yield ("web", "admin", "php", "resources"), admin.php.resources, back
        if not isinstance(self.web, ApacheWeb):
            if isinstance(self.web, SplitWeb):
                front = self.web.storefront.nginx.autoscaling.max_replicas + sizing.SURGE
            nginx = self.web.storefront.nginx, self.web.admin.nginx
            yield ("web", "storefront", "nginx", "resources"), nginx[0].resources, front
            yield ("web", "admin", "nginx", "resources"), nginx[1].resources, back
        # Cron, the release, and one that is started by hand.
        yield ("cron", "resources"), self.cron.resources, 3
        for name, store in (("sessions", self.cache.sessions), ("cache", self.cache.cache)):
            if store.mode == "own":
                yield ("cache", name, "resources"), store.resources, 1
        database = self.database
        if isinstance(database, ReplicatedDatabase | GaleraDatabase):
            # The operator's own containers and jobs need about as much again for a short time.
            yield ("database", "resources"), database.resources, database.replicas + 1
        elif database.mode != "external":
            yield ("database", "resources"), database.resources, 1
        yield from self._extras()

    def _extras(self) -> Iterator[tuple[tuple[str, ...], Resources, int]]:
        front = self.frontend_cache
        if isinstance(front, VarnishCache):
            pods = front.replicas + sizing.SURGE
            yield ("frontendCache", "resources"), front.resources, pods
            if front.terminator:
                yield ("frontendCache", "terminatorResources"), front.terminator_resources, pods
        if self.phpmyadmin.enabled:
            yield ("phpMyAdmin", "resources"), self.phpmyadmin.resources, 1 + sizing.SURGE
