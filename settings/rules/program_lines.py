"""What the templates of the program set: the lines that no customer's own line may set again."""

import posixpath
import re

from settings.model import Settings
from settings.web import ApacheWeb, Limits
from shop.limits import RateLimit
from shop.render import WebServer, apache_config, fpm_pool, mysqld_config, nginx_config, php_ini

OWNED = "remove it; the program sets it for every shop"
"""What to do with a line that the program sets, unless there is more to say."""
_DEVICES = ("/dev/stdout", "/dev/stderr", "/proc/self/fd/1", "/proc/self/fd/2")
_INI = re.compile(r"^([\w.]+)\s*=", re.MULTILINE)
_POOL_INI = re.compile(r"^php(?:_admin)?_(?:value|flag)\[([\w.]+)\]", re.MULTILINE)
_APACHE_INI = re.compile(r"^\s*php(?:_admin)?_(?:value|flag)\s+([\w.]+)", re.MULTILINE)
_NETWORK = "192.0.2.0/24"
_SERVER: WebServer = {
    "tier": "admin",
    "sites": [{"host": f"{code}.invalid", "code": code, "type": "store"} for code in "ab"],
    "redirects": {},
    "admin_path": "admin",
    "document_root": ".",
    "api": False,
    "secure": True,
    "hsts": True,
    "trusted_proxies": [_NETWORK],
    "allow": [_NETWORK],
    "basic_auth": True,
    "limits": [RateLimit(name, "GET", "/", burst=1, per_minute=1) for name in Limits.model_fields],
    "phpmyadmin": None,
    "timeout": 60,
}
"""A web server with all that can be switched on, whose parameters do not matter."""


def ini_keys() -> frozenset[str]:
    """Return the ini keys that php.ini, php-fpm's pool and Apache's configuration set."""
    return frozenset(
        [
            *_INI.findall(php_ini("1M", "none", {})),
            *_POOL_INI.findall(fpm_pool(1, 1)),
            *_APACHE_INI.findall(apache_config(_SERVER, 1)),
        ]
    )


def mysqld_variables() -> frozenset[str]:
    """Return the variables that MariaDB's configuration sets."""
    return frozenset(mysqld_variable(name) for name in _INI.findall(mysqld_config(1, 1, {})))


def mysqld_variable(name: str) -> str:
    """Return a variable's one name: MariaDB also takes it with hyphens and with prefixes."""
    plain = name.lower().replace("-", "_")
    return re.sub(r"^(?:(?:loose|skip|disable|enable|maximum|autoset)_)+", "", plain)


def guarded(settings: Settings) -> bool:
    """Return whether access to the shop or the admin area is restricted."""
    access = settings.access
    return any(part.allow or part.basic_auth for part in (access.shop, access.admin))


def writable(path: str) -> bool:
    """Return whether a web server's pod can write to a path."""
    return path in _DEVICES or posixpath.normpath(path).startswith("/tmp/")  # noqa: S108 (the pod's own volume)


def web_server_files(settings: Settings) -> list[str]:
    """Return the configuration of both tiers' web server, with all that can be switched on."""
    apache = isinstance(settings.web, ApacheWeb)
    servers: list[WebServer] = [
        {
            **_SERVER,
            "tier": tier,
            "admin_path": settings.admin.path,
            "document_root": settings.web.document_root,
            "api": settings.web.api,
            "basic_auth": basic_auth,
        }
        for tier, basic_auth in (("storefront", True), ("storefront", False), ("admin", True))
    ]
    return [apache_config(server, 1) if apache else nginx_config(server) for server in servers]
