"""The settings of one shop: `openmage:shop` in a stack file."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from settings._base import Section
from settings.edge import IngressEdge, Network
from settings.stores import Cache, ExternalDatabase, Media, VolumeDatabase
from settings.types import (
    AdminPath,
    Currency,
    Customer,
    Email,
    Host,
    Line,
    Locale,
    Namespace,
    Server,
    TimeZone,
    bytes_of,
    millicores,
    php_bytes,
)
from settings.web import Cron, Images, Php, Resources, SharedWeb


class Cluster(Section):
    """The cluster that the shop is on."""

    context: Annotated[str, Field(min_length=1)]
    """Context of the kubeconfig; nothing is ever deployed to another one."""
    server: Server | None = None
    """API server that the context must lead to; default: any. Guards against a context of the
    same name in somebody else's kubeconfig."""
    adopt: bool = False
    """Take over the namespace and the claims that a destroyed stack of this shop has left. The
    secrets `cryptKey` and `databasePassword` must be given then: without them the data is lost."""


class Hosts(Section):
    """Where the shop answers."""

    shop: Annotated[tuple[Host, ...], Field(min_length=1)]
    """Hosts of the shop. The first one is its address, the others are redirected to it."""
    admin: Host
    """Host of the admin area, which has pods of its own."""


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
    web: SharedWeb
    cron: Cron
    database: Annotated[VolumeDatabase | ExternalDatabase, Field(discriminator="mode")]
    """Default: mode `volume`."""
    cache: Cache
    media: Media
    edge: IngressEdge
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
        return found

    def quota(self) -> tuple[int, int, int]:
        """Return thousandths of CPU, bytes and pods that the whole namespace may ask for.

        Everything at its maximum, with the pods that a rollout adds, and a quarter for people.
        """
        cpu = memory = pods = 0
        for resources, count in self._containers():
            cpu += millicores(resources.requests.cpu) * count
            memory += bytes_of(resources.limits.memory) * count
            pods += count
        return cpu * 5 // 4, memory * 5 // 4, pods * 2

    def _containers(self) -> list[tuple[Resources, int]]:
        storefront, admin = self.web.storefront, self.web.admin
        front = storefront.autoscaling.max_replicas + sizing.SURGE
        back = admin.replicas + sizing.SURGE
        found = [
            (storefront.php.resources, front),
            (storefront.nginx.resources, front),
            (admin.php.resources, back),
            (admin.nginx.resources, back),
            # Cron, the release, and one that is started by hand.
            (self.cron.resources, 3),
            (self.cache.sessions.resources, 1),
            (self.cache.cache.resources, 1),
        ]
        if isinstance(self.database, VolumeDatabase):
            found.append((self.database.resources, 1))
        return found
