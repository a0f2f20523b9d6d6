"""The shop's images: built by Docker on this machine, and given to a local cluster."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from offline import StackFile
from operate import docker
from operate.engine import NotPossibleError
from operate.local_cluster import PAGES

_ROOT = Path(__file__).resolve().parent.parent
FOLDER = _ROOT / "images"
PHP_VERSIONS = ("8.3", "8.4", "8.5")
"""Versions that images/Dockerfile has a stage for: what OpenMage allows and PHP still mends."""
OPENMAGE = "https://github.com/OpenMage/magento-lts.git#v20.18.0"
"""What is built where no shop is named."""
LOCAL = "openmage.local/{target}:dev"
"""Name of an image that no registry has."""
_LOADERS = {
    "kind": ("kind", "load", "docker-image", "{image}", "--name", "{cluster}"),
    "k3d": ("k3d", "image", "import", "{image}", "--cluster", "{cluster}"),
}
_PINNED = r"[^\s@]+@sha256:[0-9a-f]{64}"


def build(stack_file: StackFile, shop: str | None, php: str | None) -> None:
    """Build the images of a stack; where its context names a local cluster, load them into it."""
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
    print(f"\nThe cluster {cluster} has the images; `make up` brings the shop up. Pods that run")
    print("already keep the old ones: name a new tag in the stack file, and build again.")


def targets(shop: Mapping[str, Any]) -> dict[str, str]:
    """Return the stages to build, each with the name that the stack file gives its image."""
    web, images = _section(shop, "web"), _section(shop, "images")
    if web.get("topology") == "apache":
        return {"apache": _local_name(images.get("php"), "apache")}
    return {target: _local_name(images.get(target), target) for target in ("php", "nginx")}


def pair(shop: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the two images that a shop on this machine is made of."""
    names = targets(shop)
    # Apache's pods are one image; here nginx and php-fpm do their work.
    return names if "nginx" in names else targets({})


def build_options(shop: str, php: str | None) -> list[str]:
    """Return the arguments that tell where the shop's code is, and for which PHP."""
    options: list[str] = []
    if php is not None:
        if php not in PHP_VERSIONS:
            message = f"PHP {php} is none that OpenMage runs on: {', '.join(PHP_VERSIONS)}"
            raise NotPossibleError(message)
        options += ["--build-arg", f"PHP_VERSION={php}"]
    if "://" not in shop:
        folder = Path(shop).expanduser()
        if not (folder / "composer.json").is_file():
            message = f"{folder} holds no shop: there is no composer.json in it"
            raise NotPossibleError(message)
        return [*options, "--build-context", f"shop={folder.resolve()}", *_secrets()]
    repository, _, ref = shop.partition("#")
    if "@" in urlsplit(repository).netloc:
        # It would stay in the image's history.
        message = "the repository's address carries a password: put it into ~/.netrc"
        raise NotPossibleError(message)
    if not ref:
        message = f"{shop} names no version: write repository#tag, #branch or #commit"
        raise NotPossibleError(message)
    where = {"SHOP_SOURCE": "git", "SHOP_REPOSITORY": repository, "SHOP_REF": ref}
    for name, value in where.items():
        options += ["--build-arg", f"{name}={value}"]
    # A branch moves, and Docker would take what it fetched the last time.
    return [*options, "--no-cache-filter", "source-git", *_secrets()]


def build_command(target: str, name: str, options: Sequence[str]) -> list[str]:
    """Return the command that builds one image."""
    return [
        # Provenance is for registries: with it an image is an index, which not every cluster loads.
        *("docker", "buildx", "build", "--load", "--provenance=false"),
        *("--target", target, "--tag", name, *options, str(FOLDER)),
    ]


def bump(stack_file: Path, images: Sequence[str]) -> None:
    """Write new digests into a stack file: each of `images` is php=reference@sha256:..."""
    text = stack_file.read_text(encoding="utf-8")
    for entry in images:
        key, _, reference = entry.partition("=")
        if not re.fullmatch(_PINNED, reference):
            message = f"{entry}: write key=repository@sha256:..., as the registry has given it"
            raise NotPossibleError(message)
        text = _replaced(text, key, reference, stack_file.name)
    stack_file.write_text(text, encoding="utf-8")


def _replaced(text: str, key: str, reference: str, name: str) -> str:
    """Change one line and leave all others as they are, comments among them."""
    line = re.compile(
        rf"^(?P<head>(?P<indent> +)images:\n(?:(?P=indent) +.*\n|\s*#.*\n|\n)*?"
        rf"(?P=indent) +{re.escape(key)}: *)(?P<value>[^\s#]+)",
        re.MULTILINE,
    )
    changed, count = line.subn(lambda found: found["head"] + reference, text)
    if count != 1:
        message = f"{name} has no line for images.{key}: write it there once, by hand"
        raise NotPossibleError(message)
    return changed


def _secrets() -> list[str]:
    """Return what opens private repositories, where it is at its usual place."""
    found: list[str] = []
    for secret, file in (("netrc", "~/.netrc"), ("composer-auth", "~/.composer/auth.json")):
        path = Path(file).expanduser()
        if path.is_file():
            found += ["--secret", f"id={secret},src={path}"]
    return found


def _local_name(name: object, target: str) -> str:
    # A digest is made by a registry: what is built here has another name.
    return str(name) if name and "@" not in str(name) else LOCAL.format(target=target)


def _section(tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section: object = tree.get(key)
    return cast("Mapping[str, Any]", section) if isinstance(section, dict) else {}
