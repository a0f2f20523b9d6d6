"""Settings of the pods with the shop's code: images, PHP, web topologies, cron."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from settings import sizing
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Memory, bytes_of
from stackfile.values import Autoscaling, Container, Placement, Resources


class PhpContainer(Section):
    """The container that runs PHP in a web tier."""

    model_config = ConfigDict(title="PHP container")

    resources: Resources
    """From the preset."""
    worker_memory: Memory = "128Mi"
    """Memory of one busy worker; it determines the number of workers."""

    @property
    def workers(self) -> int:
        """Number of workers of php-fpm or Apache that fit the memory limit."""
        return sizing.fpm_workers(
            bytes_of(self.resources.limits.memory), bytes_of(self.worker_memory)
        )


class NginxContainer(Section):
    """The nginx container of a web tier."""

    resources: Resources
    """From the preset."""


class ScaledNginx(NginxContainer):
    """nginx in separate pods."""

    autoscaling: Autoscaling


class ApacheStorefront(Section):
    """The storefront's pods."""

    autoscaling: Autoscaling
    php: PhpContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=600)] = 60
    """How long a request may take."""
    placement: Placement = Placement()


class SharedStorefront(ApacheStorefront):
    """The storefront's pods."""

    nginx: NginxContainer


class SplitStorefront(ApacheStorefront):
    """The storefront's pods: php-fpm, and nginx in separate pods."""

    nginx: ScaledNginx


class ApacheAdmin(Section):
    """The pods of the admin area."""

    replicas: Annotated[int, Field(ge=1, le=20)] = 1
    """Number of pods."""
    php: PhpContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=3600)] = 300
    """How long a request may take; imports and mass actions take long."""
    placement: Placement = Placement()


class SharedAdmin(ApacheAdmin):
    """The pods of the admin area."""

    nginx: NginxContainer


OwnFile = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", title="name of lower-case letters, digits and hyphens"
    ),
]


class NginxFiles(Section):
    """Custom nginx configuration: file name to content."""

    http: dict[OwnFile, str] = Field(default_factory=dict[str, str])
    """Included in the http block, sorted by name."""
    server: dict[OwnFile, str] = Field(default_factory=dict[str, str])
    """Included in the server block of shop and admin, before the program's own locations."""


class ApacheFiles(Section):
    """Custom Apache configuration: file name to content."""

    server: dict[OwnFile, str] = Field(default_factory=dict[str, str])
    """Included in the virtual host of shop and admin, before the program's own rules."""


PerMinute = Annotated[int, Field(ge=0, le=6000)]


class Limits(Section):
    """Requests per minute that one client may make to one web pod; 0 removes a limit.

    Clients in private networks are not limited: behind a load balancer that hides client addresses
    all visitors would count as one.
    """

    login: PerMinute = 30
    """Customer sign-ins and password resets; burst of five."""
    admin: PerMinute = 120
    """Forms submitted in the admin area, including sign-ins; burst of twenty."""
    forms: PerMinute = 4
    """New accounts, newsletter, reviews, wish lists sent by mail; burst of two."""
    checkout: PerMinute = 60
    """Checkout steps; burst of ten."""
    search: PerMinute = 60
    """Searches; burst of ten."""
    api: PerMinute = 300
    """API calls, if `web.api` enables the API; burst of sixty."""

    def per_minute(self, *, api: bool) -> dict[str, int]:
        """Return the limits by their names; that of the API is 0 while it is off."""
        return self.model_dump() if api else {**self.model_dump(), "api": 0}


class _Web(Section):
    document_root: Literal["pub/default", "."] = "pub/default"
    """Folder in the image that contains index.php; `.` for older shops."""
    api: bool = False
    """Whether the SOAP, XML-RPC and REST APIs are served on the shop's hosts."""


class _NginxWeb(_Web):
    images: ClassVar = ("php", "nginx")

    nginx: NginxFiles = NginxFiles()

    @property
    def custom_files(self) -> dict[str, dict[str, str]]:
        """The customer's own files, by the block that includes them."""
        return {"http": self.nginx.http, "server": self.nginx.server}


class SharedWeb(_NginxWeb):
    """nginx and php-fpm in one pod."""

    topology: Literal["shared"]
    limits: Limits = Limits()
    storefront: SharedStorefront
    admin: SharedAdmin

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the web tiers run."""
        yield from _php(self, path)
        yield from _nginx(self, path, self.storefront.autoscaling)


class SplitWeb(_NginxWeb):
    """nginx and php-fpm in separate pods; the admin area has both in one pod."""

    topology: Literal["split"]
    limits: Limits = Limits()
    storefront: SplitStorefront
    admin: SharedAdmin

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the web tiers run."""
        yield from _php(self, path)
        yield from _nginx(self, path, self.storefront.nginx.autoscaling)


class ApacheWeb(_Web):
    """Apache with mod_php: one container."""

    images: ClassVar = ("php",)

    topology: Literal["apache"]
    apache: ApacheFiles = ApacheFiles()
    limits: Limits = Limits()
    storefront: ApacheStorefront
    admin: ApacheAdmin

    @property
    def custom_files(self) -> dict[str, dict[str, str]]:
        """The customer's own files, by the block that includes them."""
        return {"server": self.apache.server}

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the web tiers run."""
        yield from _php(self, path)


Web = Annotated[SharedWeb | SplitWeb | ApacheWeb, Field(discriminator="topology")]


def _php(web: SharedWeb | SplitWeb | ApacheWeb, path: Path) -> Iterator[Container]:
    storefront, admin = web.storefront, web.admin
    most = storefront.autoscaling.max_replicas + sizing.SURGE
    yield Container((*path, "storefront", "php", "resources"), storefront.php.resources, most)
    pods = admin.replicas + sizing.SURGE
    yield Container((*path, "admin", "php", "resources"), admin.php.resources, pods)


def _nginx(web: SharedWeb | SplitWeb, path: Path, scaling: Autoscaling) -> Iterator[Container]:
    storefront, admin = web.storefront.nginx.resources, web.admin.nginx.resources
    most = scaling.max_replicas + sizing.SURGE
    yield Container((*path, "storefront", "nginx", "resources"), storefront, most)
    pods = web.admin.replicas + sizing.SURGE
    yield Container((*path, "admin", "nginx", "resources"), admin, pods)
