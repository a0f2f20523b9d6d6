"""Configuration files of nginx, PHP, MariaDB and Valkey."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import jinja2

_HERE = Path(__file__).parent
_TEMPLATES: Any = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 (no HTML is made here; the settings have checked every value)
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)

CODE = "/var/www/html"
"""Where the images carry the shop's code."""
UPLOAD_MEGABYTES = 64
"""Largest upload: OpenMage's own product imports and media stay well below."""


class Server(TypedDict):
    """What one nginx serves."""

    tier: str
    """`storefront` or `admin`."""
    hosts: Sequence[str]
    """Hosts that are served; the first one is canonical, the others are redirected to it."""
    admin_path: str
    """Front name of the admin area: served by the admin tier only."""
    document_root: str
    """Folder below the code that holds index.php, `.` for the code itself."""
    api: bool
    """Whether the web service API answers."""
    secure: bool
    """Whether http is redirected to https."""
    trusted_proxies: Sequence[str]
    """Networks whose X-Forwarded-For names the client."""
    timeout: int
    """Seconds that a request may take."""


def nginx_config(server: Server) -> str:
    """Return the whole nginx.conf of a web pod."""
    return _TEMPLATES.get_template("nginx.conf.j2").render(
        **server, code=CODE, upload_megabytes=UPLOAD_MEGABYTES
    )


def nginx_php(timeout: int) -> str:
    """Return the part of nginx' configuration that hands a request to PHP."""
    return _TEMPLATES.get_template("php.conf.j2").render(timeout=timeout)


def fpm_pool(workers: int, timeout: int) -> str:
    """Return php-fpm's pool: a fixed number of workers, and a status pool of its own."""
    return _TEMPLATES.get_template("php-fpm.conf.j2").render(workers=workers, timeout=timeout)


def php_ini(memory_limit: str, own: Mapping[str, str | int | bool]) -> str:
    """Return the ini lines of the shop, the customer's own last."""
    lines = [f"{key} = {_ini_value(value)}" for key, value in own.items()]
    return _TEMPLATES.get_template("php.ini.j2").render(
        memory_limit=memory_limit, upload_megabytes=UPLOAD_MEGABYTES, own=lines
    )


def mysqld_config(buffer_pool: int, max_connections: int, own: Mapping[str, str | int]) -> str:
    """Return MariaDB's [mysqld] section."""
    return _TEMPLATES.get_template("mysqld.cnf.j2").render(
        buffer_pool=buffer_pool, max_connections=max_connections, own=own
    )


def valkey_config(password: str, maxmemory: int, policy: str, *, persistent: bool) -> str:
    """Return the configuration of a Valkey; it holds the password."""
    return _TEMPLATES.get_template("valkey.conf.j2").render(
        password=password, maxmemory=maxmemory, policy=policy, persistent=persistent
    )


def includes() -> str:
    """Return the PHP that OpenMage includes before its own code."""
    return script("includes.php")


def script(name: str) -> str:
    """Return the text of one of the PHP scripts that pods run."""
    return (_HERE / "php" / name).read_text(encoding="utf-8")


def _ini_value(value: str | int | bool) -> str:  # noqa: FBT001 (it is the value, not a switch)
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
