"""Prerequisites of the commands on this machine, and how to install missing ones."""

import os
import shutil
from importlib.metadata import version
from pathlib import Path

from cluster.connect import UnansweredError, contexts, kubectl
from offline import StackFile

_INSTALL = "https://www.pulumi.com/docs/install/"
_PLUGINS = {"kubernetes": "pulumi-kubernetes", "random": "pulumi-random"}


def missing(stack_file: StackFile) -> list[str]:
    """Return the missing prerequisites of `pulumi` for this stack, each with a fix."""
    found = list(_missing_cli())
    where = os.environ.get("KUBECONFIG") or "~/.kube/config"
    if stack_file.context not in contexts():
        found.append(
            f"the kube context {stack_file.context or '(none named)'} is not in {where}: point"
            " KUBECONFIG to the cluster's kubeconfig, or create a local cluster with `make cluster`"
        )
    elif error := unreachable(stack_file.context):
        found.append(f"the cluster of context {stack_file.context} does not answer: {error}")
    return found


def unreachable(context: str) -> str | None:
    """Return why a cluster does not respond; None if it does."""
    try:
        kubectl(context)("/version")
    except UnansweredError as error:
        return str(error)
    return None


def _missing_cli() -> list[str]:
    if shutil.which("pulumi") is None:
        return [f"the pulumi CLI is not on the PATH: {_INSTALL}"]
    found: list[str] = []
    if shutil.which("pulumi-language-python") is None:
        found.append(
            f"pulumi-language-python is not on the PATH; it comes with the CLI: {_INSTALL}"
        )
    installed = _installed_plugins()
    for plugin, package in _PLUGINS.items():
        if shutil.which(f"pulumi-resource-{plugin}") is None and plugin not in installed:
            found.append(
                f"the {plugin} plugin is not installed:"
                f" pulumi plugin install resource {plugin} v{version(package)}"
            )
    return found


def _installed_plugins() -> set[str]:
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    return {
        folder.name.removeprefix("resource-").rsplit("-v", 1)[0]
        for folder in (home / "plugins").glob("resource-*")
        if folder.is_dir()
    }
