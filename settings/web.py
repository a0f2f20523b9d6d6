"""Settings of what runs the shop's code: images, PHP, web tiers, cron."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from settings._base import Section
from settings.types import (
    Cpu,
    CronSchedule,
    ImageReference,
    Line,
    Memory,
    Name,
    PhpSize,
    Seconds,
    bytes_of,
)


class Amounts(Section):
    """CPU and memory."""

    cpu: Cpu
    """Kubernetes quantity: cores such as `0.5` or thousandths such as `500m`."""
    memory: Memory
    """Kubernetes quantity such as `512Mi`."""


class Resources(Section):
    """What a container asks for and what it may use."""

    requests: Amounts
    """What the scheduler keeps free."""
    limits: Amounts
    """What the container may use at most."""


class Images(Section):
    """Images that the pods run."""

    php: ImageReference
    """php-fpm with the shop's code under /var/www/html."""
    nginx: ImageReference
    """nginx with the shop's static files under the same path; may be the same image."""
    mariadb: ImageReference = "docker.io/library/mariadb:11.8"
    """MariaDB; used where `database.mode` is `volume`."""
    valkey: ImageReference = "docker.io/valkey/valkey:8.1-alpine"
    """Valkey, for sessions and cache."""
    pull_secrets: tuple[Name, ...] = ()
    """Names of existing Secrets to pull images with."""


IniKey = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9_.]*$")]
IniValue = Line | int | bool


class Php(Section):
    """PHP, in web pods."""

    memory_limit: PhpSize = "256M"
    """PHP's memory_limit of a web request: a page takes 8 MiB, a large import or image more."""
    ini: dict[IniKey, IniValue] = Field(default_factory=dict[IniKey, IniValue])
    """The customer's own php.ini lines; what the program sets itself is refused."""


class PhpContainer(Section):
    """The PHP container of a web tier."""

    resources: Resources
    """From the preset."""
    worker_memory: Memory = "128Mi"
    """Memory of one busy php-fpm worker; the number of workers follows from it."""

    @property
    def workers(self) -> int:
        """How many php-fpm workers fit."""
        return sizing.fpm_workers(
            bytes_of(self.resources.limits.memory), bytes_of(self.worker_memory)
        )


class NginxContainer(Section):
    """The nginx container of a web tier."""

    resources: Resources
    """From the preset."""


class Autoscaling(Section):
    """How the number of storefront pods follows the load."""

    min_replicas: Annotated[int, Field(ge=1, le=100)]
    """Pods at rest. From the preset; at least 2 in production."""
    max_replicas: Annotated[int, Field(ge=1, le=100)]
    """Pods at most. From the preset."""
    cpu_percent: Annotated[int, Field(ge=10, le=95)] = 65
    """CPU of the PHP containers to aim at, in percent of their request."""
    scale_down_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long the load must have been lower before pods go."""


class Storefront(Section):
    """The pods that customers see."""

    autoscaling: Autoscaling
    php: PhpContainer
    nginx: NginxContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=600)] = 60
    """How long a request may take."""


class AdminTier(Section):
    """The pods of the admin area."""

    replicas: Annotated[int, Field(ge=1, le=20)] = 1
    """Number of pods."""
    php: PhpContainer
    nginx: NginxContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=3600)] = 300
    """How long a request may take; imports and mass actions are slow."""


NginxFile = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]


class NginxFiles(Section):
    """The customer's own nginx configuration: name to content."""

    http: dict[NginxFile, str] = Field(default_factory=dict[str, str])
    """Included in the http block, in the order of the names."""
    server: dict[NginxFile, str] = Field(default_factory=dict[str, str])
    """Included in the server block of shop and admin, before the program's own locations."""


class SharedWeb(Section):
    """nginx and php-fpm in one pod."""

    topology: Literal["shared"] = "shared"
    document_root: Literal["pub/default", "."] = "pub/default"
    """Folder in the image that holds index.php; `.` is the layout of older shops."""
    api: bool = False
    """Whether the SOAP, XML-RPC and REST API answers on the shop's hosts."""
    nginx: NginxFiles = NginxFiles()
    storefront: Storefront
    admin: AdminTier


class Cron(Section):
    """OpenMage's cron."""

    schedule: CronSchedule = "* * * * *"
    """When to look for due jobs."""
    active_deadline_seconds: Seconds = 3600
    """How long one run may take."""
    memory_limit: PhpSize = "1024M"
    """PHP's memory_limit of cron and of the release."""
    resources: Resources
    """From the preset; the release's Job has the same."""
