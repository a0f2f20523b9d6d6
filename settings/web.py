"""Settings of what runs the shop's code: images, PHP, web topologies, cron."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from settings import sizing
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import (
    Memory,
    bytes_of,
)
from stackfile.values import Autoscaling, Container, Placement, Resources


class PhpContainer(Section):
    """The container that runs PHP in a web tier."""

    model_config = ConfigDict(title="PHP container")

    resources: Resources
    """From the preset."""
    worker_memory: Memory = "128Mi"
    """Memory of one busy worker; the number of workers follows from it."""

    @property
    def workers(self) -> int:
        """How many workers fit: php-fpm's, or Apache's."""
        return sizing.fpm_workers(
            bytes_of(self.resources.limits.memory), bytes_of(self.worker_memory)
        )


class NginxContainer(Section):
    """The nginx container of a web tier."""

    resources: Resources
    """From the preset."""


class ScaledNginx(NginxContainer):
    """nginx in pods of its own."""

    autoscaling: Autoscaling


class ApacheStorefront(Section):
    """The pods that customers see."""

    autoscaling: Autoscaling
    php: PhpContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=600)] = 60
    """How long a request may take."""
    placement: Placement = Placement()


class SharedStorefront(ApacheStorefront):
    """The pods that customers see."""

    nginx: NginxContainer


class SplitStorefront(ApacheStorefront):
    """The pods that customers see: php-fpm, and nginx apart from it."""

    nginx: ScaledNginx


class ApacheAdmin(Section):
    """The pods of the admin area."""

    replicas: Annotated[int, Field(ge=1, le=20)] = 1
    """Number of pods."""
    php: PhpContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=3600)] = 300
    """How long a request may take; imports and mass actions are slow."""
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
    """The customer's own nginx configuration: name to content."""

    http: dict[OwnFile, str] = Field(default_factory=dict[str, str])
    """Included in the http block, in the order of the names."""
    server: dict[OwnFile, str] = Field(default_factory=dict[str, str])
    """Included in the server block of shop and admin, before the program's own locations."""


class ApacheFiles(Section):
    """The customer's own Apache configuration: name to content."""

    server: dict[OwnFile, str] = Field(default_factory=dict[str, str])
    """Included in the virtual host of shop and admin, before the program's own rules."""


PerMinute = Annotated[int, Field(ge=0, le=6000)]


class Limits(Section):
    """Requests a minute that one client may make of one web pod; 0 lifts a limit.

    Clients from private networks are not limited: behind a load balancer that hides its clients
    everybody would be one of them.
    """

    login: PerMinute = 30
    """Sign-ins of customers, and new passwords; five more at once."""
    admin: PerMinute = 120
    """Forms that are sent in the admin area, sign-ins among them; twenty more at once."""
    forms: PerMinute = 4
    """New accounts, newsletter, reviews, wish lists by mail; two more at once."""
    checkout: PerMinute = 60
    """Steps of the checkout; ten more at once."""
    search: PerMinute = 60
    """Searches; ten more at once."""
    api: PerMinute = 300
    """Calls of the API, where `web.api` switches it on; sixty more at once."""


class _Web(Section):
    document_root: Literal["pub/default", "."] = "pub/default"
    """Folder in the image that holds index.php; `.` is the layout of older shops."""
    api: bool = False
    """Whether the SOAP, XML-RPC and REST API answers on the shop's hosts."""


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
    """nginx and php-fpm in pods of their own; the admin area has both in one pod."""

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
