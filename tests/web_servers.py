"""The web servers of a shop, run from the very files that pods mount."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from components.web.server_files import TierArgs
from settings.model import Settings
from shop.render import apache_config, fpm_pool, nginx_config, nginx_php, script
from tests.harness import DEV, merge, validated
from tests.web_site import Site, fpm_program
from wiring.web import custom_files, tiers

_APACHE_MODULES = Path("/usr/lib/apache2/modules")


def reason_to_skip(kind: str) -> str | None:
    """Return why a server cannot be run here; None if it can."""
    if kind == "nginx":
        wanted = {"nginx": shutil.which("nginx"), "php-fpm": fpm_program()}
    else:
        module = next(_APACHE_MODULES.glob("libphp*.so"), None)
        wanted = {"apache2": shutil.which("apache2"), "libapache2-mod-php": module}
    missing = [name for name, found in wanted.items() if found is None]
    return f"not installed: {', '.join(missing)}" if missing else None


@contextmanager
def serving(
    kind: str,
    tier: str = "storefront",
    changes: Mapping[str, Any] | None = None,
    services: Mapping[str, str] | None = None,
    image: Mapping[str, str] | None = None,
) -> Iterator["Site"]:
    """Run the web server of the dev stack's shop with changed settings.

    `services` tells where services of the cluster are on this machine, `image` what the shop's
    image has for the server.
    """
    if reason := reason_to_skip(kind):
        pytest.skip(reason)
    chosen = settings(kind, changes)
    site = site_of(kind, chosen, tier, services or {})
    for name, text in (image or {}).items():
        (site.folder / "image" / name).write_text(text)
    try:
        with site.running():
            yield site
    finally:
        site.remove()


def settings(kind: str, changes: Mapping[str, Any] | None = None) -> Settings:
    """Return the dev stack's settings for one of the servers; its proxy is this machine."""
    tree = merge(merge(DEV.shop, {"edge": {"trustedProxies": ["127.0.0.1/32"]}}), changes or {})
    if kind == "apache":
        tree = merge(tree, {"web": {"topology": "apache"}})
        tree["images"].pop("nginx", None)
    return validated(tree)


def site_of(kind: str, settings: Settings, tier: str, services: Mapping[str, str]) -> Site:
    """Return a site with the files of one tier; it does not run yet."""
    chosen = tiers(settings)[tier]
    site = Site(kind, chosen["server"]["document_root"])
    files = {**_files(kind, chosen), **custom_files(settings)}
    site.write({name: _moved(site, text, services) for name, text in files.items()})
    return site


def _files(kind: str, tier: TierArgs) -> dict[str, str]:
    server = tier["server"]
    if kind == "apache":
        text = apache_config(server, tier["workers"])
        return {"apache.conf": text, "limits.php": script("limits.php")}
    return {
        "nginx.conf": nginx_config(server, tier["php"] or ""),
        "php.conf": nginx_php(server["timeout"], basic_auth=server["basic_auth"]),
        "pool.conf": fpm_pool(2, server["timeout"]),
    }


def _moved(site: Site, text: str, services: Mapping[str, str]) -> str:
    """Return a file with its paths and ports in the site's own folder."""
    moves = {
        "/var/www/html": str(site.folder / "html"),
        "/etc/nginx/openmage": str(site.folder / "image"),
        "/etc/apache2/openmage": str(site.folder / "image"),
        "/etc/openmage/nginx": str(site.folder / "etc"),
        "/etc/openmage/apache": str(site.folder / "etc"),
        "/etc/openmage/access": str(site.folder / "etc/access"),
        "/tmp": str(site.folder / "tmp"),  # noqa: S108 (the pod's own volume)
        "/var/empty": str(site.folder / "var"),
        "listen 8080": f"listen 127.0.0.1:{site.port}",
        "listen 8081": f"listen 127.0.0.1:{site.private}",
        "Listen 8080": f"Listen 127.0.0.1:{site.port}",
        "Listen 8081": f"Listen 127.0.0.1:{site.private}",
        "*:8080": f"127.0.0.1:{site.port}",
        "*:8081": f"127.0.0.1:{site.private}",
        ":9000": f":{site.fpm}",
        ":9001": f":{site.status}",
        **services,
    }
    # In one go: what a path is moved to may look like a path to move.
    pattern = "|".join(re.escape(before) for before in moves)
    return re.sub(pattern, lambda found: moves[found[0]], text)
