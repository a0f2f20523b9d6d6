"""The shop's images: built by Docker and loaded into a local cluster."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from offline import StackFile
from offline.stack_files import section
from operate import docker
from operate.engine import NotPossibleError
from operate.local_cluster import PAGES

_ROOT = Path(__file__).resolve().parent.parent
FOLDER = _ROOT / "images"
PHP_VERSIONS = ("8.3", "8.4", "8.5")
"""Versions with a stage in images/Dockerfile: allowed by OpenMage and maintained by PHP."""
OPENMAGE = "https://github.com/OpenMage/magento-lts.git#v20.18.0"
"""Repository that is built by default."""
LOCAL = "openmage.local/{target}:dev"
"""Name of an image that is in no registry."""
_LOADERS = {
    "kind": ("kind", "load", "docker-image", "{image}", "--name", "{cluster}"),
    "k3d": ("k3d", "image", "import", "{image}", "--cluster", "{cluster}"),
}
_PINNED = r"[^\s@]+@sha256:[0-9a-f]{64}"


def build(stack_file: StackFile, shop: str | None, php: str | None) -> None:
    """Build the images of a stack and load them into its cluster, if that is a local one."""
    names = targets(stack_file.shop)
    options = build_options(shop or OPENMAGE, php)
    tool, _, cluster = stack_file.context.partition("-")
    local = tool in _LOADERS and bool(cluster)
    docker.demand(*([(tool, PAGES[tool])] if local else []))
    for target, name in names.items():
        print(f"Building {name}")
        docker.succeed(build_command(target, name, options))
    if not local:
        return
    for name in names.values():
        docker.succeed([word.format(image=name, cluster=cluster) for word in _LOADERS[tool]])
    print(f"\nThe images are in the cluster {cluster}; `make up` brings the shop up. Pods that")
    print("already run keep the old images: set a new tag in the stack file and build again.")


def targets(shop: Mapping[str, Any]) -> dict[str, str]:
    """Return the stages to build, each with the image name in the stack file."""
    web, images = section(shop, "web"), section(shop, "images")
    if web.get("topology") == "apache":
        return {"apache": _local_name(images.get("php"), "apache")}
    return {target: _local_name(images.get(target), target) for target in ("php", "nginx")}


def pair(shop: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the local shop's two images."""
    names = targets(shop)
    # The local shop uses nginx and php-fpm instead of Apache.
    return names if "nginx" in names else targets({})


def build_options(shop: str, php: str | None) -> list[str]:
    """Return the build arguments for the source of the code and the version of PHP."""
    options: list[str] = []
    if php is not None:
        if php not in PHP_VERSIONS:
            message = f"OpenMage does not run on PHP {php}; use one of {', '.join(PHP_VERSIONS)}"
            raise NotPossibleError(message)
        options += ["--build-arg", f"PHP_VERSION={php}"]
    if "://" not in shop:
        folder = Path(shop).expanduser()
        if not (folder / "composer.json").is_file():
            message = f"{folder} does not contain a shop: it has no composer.json"
            raise NotPossibleError(message)
        return [*options, "--build-context", f"shop={folder.resolve()}", *_secrets()]
    repository, _, ref = shop.partition("#")
    if "@" in urlsplit(repository).netloc:
        # A password would stay in the image's history.
        message = "the repository's URL contains a password: put it into ~/.netrc"
        raise NotPossibleError(message)
    if not ref:
        message = f"{shop} has no version: write repository#tag, #branch or #commit"
        raise NotPossibleError(message)
    where = {"SHOP_SOURCE": "git", "SHOP_REPOSITORY": repository, "SHOP_REF": ref}
    for name, value in where.items():
        options += ["--build-arg", f"{name}={value}"]
    # Branches move, and Docker would reuse its cached checkout.
    return [*options, "--no-cache-filter", "source-git", *_secrets()]


def build_command(target: str, name: str, options: Sequence[str]) -> list[str]:
    """Return the command that builds one image."""
    return [
        # Provenance makes the image an index, which not every local cluster can load.
        *("docker", "buildx", "build", "--load", "--provenance=false"),
        *("--target", target, "--tag", name, *options, str(FOLDER)),
    ]


def bump(stack_file: Path, images: Sequence[str]) -> None:
    """Write new digests into a stack file: each of `images` is php=reference@sha256:..."""
    text = stack_file.read_text(encoding="utf-8")
    for entry in images:
        key, _, reference = entry.partition("=")
        if not re.fullmatch(_PINNED, reference):
            message = f"{entry}: write key=repository@sha256:..., as reported by the registry"
            raise NotPossibleError(message)
        text = _replaced(text, key, reference, stack_file.name)
    stack_file.write_text(text, encoding="utf-8")


def _replaced(text: str, key: str, reference: str, name: str) -> str:
    """Change one line and leave all others, including comments, as they are."""
    line = re.compile(
        rf"^(?P<head>(?P<indent> +)images:\n(?:(?P=indent) +.*\n|\s*#.*\n|\n)*?"
        rf"(?P=indent) +{re.escape(key)}: *)(?P<value>[^\s#]+)",
        re.MULTILINE,
    )
    changed, count = line.subn(lambda found: found["head"] + reference, text)
    if count != 1:
        message = f"{name} has no line for images.{key}: add it once by hand"
        raise NotPossibleError(message)
    return changed


def _secrets() -> list[str]:
    """Return the credentials for private repositories, if they are in the usual place."""
    found: list[str] = []
    for secret, file in (("netrc", "~/.netrc"), ("composer-auth", "~/.composer/auth.json")):
        path = Path(file).expanduser()
        if path.is_file():
            found += ["--secret", f"id={secret},src={path}"]
    return found


def _local_name(name: object, target: str) -> str:
    # Only a registry assigns digests: a local build needs another name.
    return str(name) if name and "@" not in str(name) else LOCAL.format(target=target)
