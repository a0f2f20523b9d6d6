"""Configuration files of nginx, Apache, PHP, MariaDB and Valkey."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from shop._templates import TEMPLATES
from shop.constants import FPM_PORT
from shop.limits import RateLimit
from stackfile.networks import INSIDE, LINK_LOCAL, LOOPBACK

LOCAL_FPM = f"127.0.0.1:{FPM_PORT}"
"""Address of php-fpm in the pod of its nginx."""
_SCRIPTS = Path(__file__).parent / "php"

CONSTANT_INI = ("error_reporting", "intl.error_level")
"""Ini keys whose values are constants of PHP: in quotes they would be 0."""
_PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
"""Headers of every response, unless PHP sends its own."""
# A client in a private network may be a load balancer that represents many.
_FIXED = {"private": (*INSIDE, *LINK_LOCAL, *LOOPBACK), "protection": _PROTECTION}


class VirtualHost(TypedDict):
    """A host and the store that it shows."""

    host: str
    """Name, as in the header Host."""
    code: str
    """Code of the store view or website; empty for the default one."""
    type: str
    """`store` or `website`."""


class PhpMyAdminProxy(TypedDict):
    """phpMyAdmin behind the web server of the admin pods."""

    host: str
    """Host that leads to it."""
    service: str
    """Its Service."""
    allow: Sequence[str]
    """Networks that are let in."""


class WebServer(TypedDict):
    """Parameters of a web server's configuration."""

    tier: str
    """`storefront` or `admin`."""
    sites: Sequence[VirtualHost]
    """Hosts that are served."""
    redirects: Mapping[str, str]
    """Hosts that are redirected, with their targets."""
    admin_path: str
    """Front name of the admin area, which only the admin tier serves."""
    document_root: str
    """Folder below the code that contains index.php, `.` for the code itself."""
    api: bool
    """Whether the web service API is enabled."""
    secure: bool
    """Whether http is redirected to https."""
    hsts: bool
    """Whether browsers must come by https only for a year (Strict-Transport-Security)."""
    trusted_proxies: Sequence[str]
    """Networks whose X-Forwarded-For is trusted."""
    allow: Sequence[str]
    """Client networks that are allowed; empty for all."""
    basic_auth: bool
    """Whether basic authentication is on."""
    limits: Sequence[RateLimit]
    """Request limits per client."""
    phpmyadmin: PhpMyAdminProxy | None
    """Way to phpMyAdmin; None without one."""
    timeout: int
    """Seconds that a request may take."""


def nginx_config(server: WebServer, php: str = LOCAL_FPM) -> str:
    """Return the whole nginx.conf of a web pod; `php` is the address of php-fpm."""
    return TEMPLATES.get_template("nginx.conf.j2").render(**server, **_FIXED, php=php)


def nginx_php(timeout: int, *, basic_auth: bool) -> str:
    """Return the part of nginx's configuration that passes a request to PHP."""
    template = TEMPLATES.get_template("php.conf.j2")
    return template.render(timeout=timeout, basic_auth=basic_auth)


def apache_config(server: WebServer, workers: int) -> str:
    """Return the whole apache.conf of a web pod."""
    return TEMPLATES.get_template("apache.conf.j2").render(**server, **_FIXED, workers=workers)


def fpm_pool(workers: int, timeout: int, *, network: bool = False) -> str:
    """Return php-fpm's pools: one with a fixed number of workers, and a status pool.

    `network` makes it reachable for nginx in other pods.
    """
    return TEMPLATES.get_template("php-fpm.conf.j2").render(
        workers=workers, timeout=timeout, network=network
    )


def php_ini(memory_limit: str, sendmail: str, own: Mapping[str, str | int | bool]) -> str:
    """Return the shop's ini lines, custom ones last."""
    lines = [f"{key} = {_ini_value(key, value)}" for key, value in own.items()]
    return TEMPLATES.get_template("php.ini.j2").render(
        memory_limit=memory_limit, sendmail=sendmail, own=lines
    )


def mysqld_config(buffer_pool: int, max_connections: int, own: Mapping[str, str | int]) -> str:
    """Return MariaDB's [mysqld] section."""
    return TEMPLATES.get_template("mysqld.cnf.j2").render(
        buffer_pool=buffer_pool, max_connections=max_connections, own=own
    )


def valkey_config(password: str, maxmemory: int, policy: str, *, persistent: bool) -> str:
    """Return a Valkey's configuration, including the password."""
    return TEMPLATES.get_template("valkey.conf.j2").render(
        password=password, maxmemory=maxmemory, policy=policy, persistent=persistent
    )


def includes() -> str:
    """Return the PHP code that runs before OpenMage's own."""
    return script("includes.php")


def script(name: str) -> str:
    """Return the text of one of the PHP scripts that pods run."""
    return (_SCRIPTS / name).read_text(encoding="utf-8")


def _ini_value(key: str, value: str | int | bool) -> str:  # noqa: FBT001 (it is the value, not a switch)
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, int) or key in CONSTANT_INI:
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
