"""The files of a local shop, for images/compose.yaml: the same ones that a cluster's pods mount.

The program renders them: it runs on mocks with the stack's settings, minus what only a
cluster has, and the contents of its ConfigMaps and Secrets are written to build/compose.
"""

import json
import secrets
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from offline import Graph, StackFile, run
from offline.graph import plain
from offline.stack_files import section

_ROOT = Path(__file__).resolve().parent.parent
FOLDER = _ROOT / "build" / "compose"
"""Folder that images/compose.yaml mounts files from."""
PASSWORDS = _ROOT / ".state" / "compose-passwords.json"
"""Generated once; the data in the volumes depends on them."""
SHOP_HOST, ADMIN_HOST = "shop.localhost", "admin.localhost"
"""Browsers resolve such names to their own machine."""
SHOP_PORT, ADMIN_PORT, MAIL_PORT = 8080, 8081, 8025

_SECRETS = {
    "cryptKey": 32,
    "databasePassword": 32,
    "databaseRootPassword": 32,
    "adminPassword": 20,
    "sessionsPassword": 32,
    "cachePassword": 32,
}
_SCRIPTS = ("release-scripts", "cron-scripts")
_MAIL = {
    "mode": "smtp",
    "host": "mail",
    "port": 1025,
    "tls": "none",
    "from": "shop@shop.localhost",
}
"""The service that catches all mail."""
_KEPT = ("customer", "admin", "php", "store")
_KEPT_OF_WEB = ("documentRoot", "api", "nginx", "limits")


def render(stack_file: StackFile) -> Path:
    """Write the files that the services mount and return their folder."""
    graph = run(_local(stack_file, passwords()))
    # The files are world-readable for the containers' users; the folder keeps other users out.
    FOLDER.mkdir(parents=True, exist_ok=True)
    FOLDER.chmod(0o700)
    for path, text in _files(graph).items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o644)
    for folder in ("sample-data/database", "sample-data/media"):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    return FOLDER


def passwords() -> dict[str, str]:
    """Return the passwords of the local shop; the first call generates them."""
    if PASSWORDS.exists():
        return json.loads(PASSWORDS.read_text(encoding="utf-8"))
    made = {name: _password(length) for name, length in _SECRETS.items()}
    PASSWORDS.parent.mkdir(parents=True, exist_ok=True)
    PASSWORDS.touch(mode=0o600)
    PASSWORDS.write_text(json.dumps(made, indent=2), encoding="utf-8")
    return made


def local_settings(shop: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shop's settings for this machine: custom lines stay, cluster settings go."""
    web, hosts = section(shop, "web"), section(shop, "hosts")
    stores = cast("list[dict[str, Any]]", hosts.get("stores", []))
    return {
        **{key: shop[key] for key in _KEPT if key in shop},
        "environment": "dev",
        "retainData": False,
        "cluster": {"context": "compose"},
        "images": {"php": "openmage.local/php:dev", "nginx": "openmage.local/nginx:dev"},
        "hosts": {
            "shop": [SHOP_HOST],
            "admin": ADMIN_HOST,
            "stores": [
                {
                    **{key: store[key] for key in ("code", "type") if key in store},
                    "host": f"{str(store['code']).replace('_', '-')}.localhost",
                }
                for store in stores
            ],
        },
        "web": {**{key: web[key] for key in _KEPT_OF_WEB if key in web}, "topology": "shared"},
        "mail": _MAIL,
        "edge": {"kind": "none", "controllerNamespace": "compose", "tls": {"mode": "none"}},
    }


def _local(stack_file: StackFile, made: Mapping[str, str]) -> StackFile:
    config = {f"openmage:{key}": value for key, value in made.items()}
    names = frozenset(config)
    config["openmage:shop"] = json.dumps(local_settings(stack_file.shop))
    return StackFile("compose", stack_file.path, config, names)


def _files(graph: Graph) -> dict[str, str]:
    """Return each file by its path in the folder: one subfolder per ConfigMap or Secret."""
    found = dict(_mounted(graph))
    # Pods mount these file by file into one folder.
    scripts = {path: text for path, text in found.items() if path.split("/")[0] in _SCRIPTS}
    found |= {f"scripts/{path.split('/')[1]}": text for path, text in scripts.items()}
    found["scripts/release.json"] = _with_ports(found["scripts/release.json"])
    found["scripts/msmtprc"] = found["mail/msmtprc"]
    found["scripts/purge.php"] = found["config-php/purge.php"]
    found["scripts/ping.php"] = found["config-storefront-php-fpm/ping.php"]
    return {path: text for path, text in found.items() if path not in scripts}


def _mounted(graph: Graph) -> Iterator[tuple[str, str]]:
    for resource in graph:
        if resource.kind in {"ConfigMap", "Secret"}:
            inputs = plain(resource.inputs)
            files: dict[str, str] = inputs.get("data") or inputs.get("stringData") or {}
            for name, text in files.items():
                yield f"{resource.name}/{name}", text


def _with_ports(release: str) -> str:
    """Return the release's settings with local ports in place of separate hosts."""
    release = release.replace(f"://{ADMIN_HOST}/", f"://{ADMIN_HOST}:{ADMIN_PORT}/")
    return release.replace(".localhost/", f".localhost:{SHOP_PORT}/")


def _password(length: int) -> str:
    """Return a password with letters and digits, as OpenMage requires for administrators."""
    letters = string.ascii_letters + string.digits
    while True:
        made = "".join(secrets.choice(letters) for _ in range(length))
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(kind(letter) for letter in made) for kind in kinds):
            return made
