"""Settings of what runs the shop's code: images, PHP, web topologies, cron."""

from typing import Annotated, Literal

from pydantic import Field

from settings._base import Section
from settings.tiers import (
    ApacheAdmin,
    ApacheStorefront,
    Placement,
    Resources,
    SharedAdmin,
    SharedStorefront,
    SplitStorefront,
)
from settings.types import CronSchedule, DnsName, ImageReference, Line, PhpSize, Seconds


class Images(Section):
    """Images that the pods run."""

    php: ImageReference
    """The shop's code under /var/www/html, with php-fpm; with Apache and mod_php where
    `web.topology` is `apache`."""
    nginx: ImageReference | None = None
    """nginx with the shop's static files under the same path, for `frontendCache.terminator` as
    well; default: the image `php`, for an image that carries both. With `web.topology` `apache`
    that terminator is all that it is for, and needs it."""
    mariadb: ImageReference = "docker.io/library/mariadb:11.8"
    """MariaDB; not used where `database.mode` is `external`."""
    valkey: ImageReference = "docker.io/valkey/valkey:8.1-alpine"
    """Valkey, for sessions and cache; Redis where `cache.engine` is `redis`."""
    varnish: ImageReference = "docker.io/library/varnish:7.7-alpine"
    """Varnish, where `frontendCache.mode` is `varnish`."""
    phpmyadmin: ImageReference = "docker.io/library/phpmyadmin:5.2-apache"
    """phpMyAdmin, where it is switched on."""
    pull_secrets: tuple[DnsName, ...] = ()
    """Names of existing Secrets to pull images with."""


IniKey = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9_.]*$")]
IniValue = Line | int | bool


class Php(Section):
    """PHP, in web pods."""

    memory_limit: PhpSize = "256M"
    """PHP's memory_limit of a web request: a page takes 8 MiB, a large import or image more."""
    ini: dict[IniKey, IniValue] = Field(default_factory=dict[IniKey, IniValue])
    """The customer's own php.ini lines; what the program sets itself is refused."""


OwnFile = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]


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


class SharedWeb(_Web):
    """nginx and php-fpm in one pod."""

    topology: Literal["shared"]
    nginx: NginxFiles = NginxFiles()
    limits: Limits = Limits()
    storefront: SharedStorefront
    admin: SharedAdmin


class SplitWeb(_Web):
    """nginx and php-fpm in pods of their own; the admin area has both in one pod."""

    topology: Literal["split"]
    nginx: NginxFiles = NginxFiles()
    limits: Limits = Limits()
    storefront: SplitStorefront
    admin: SharedAdmin


class ApacheWeb(_Web):
    """Apache with mod_php: one container."""

    topology: Literal["apache"]
    apache: ApacheFiles = ApacheFiles()
    limits: Limits = Limits()
    storefront: ApacheStorefront
    admin: ApacheAdmin


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
    placement: Placement = Placement()
