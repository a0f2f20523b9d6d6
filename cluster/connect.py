"""Access to the one cluster that a stack may touch."""

# What comes out of YAML or off the wire has no type until it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

import pulumi
import pulumi_kubernetes as k8s
from ruamel.yaml import YAML, YAMLError

from stackfile.report import Problem

_SECONDS = 10

Ask = Callable[[str], dict[str, Any] | None]
"""Returns the API server's response for a path; None if it is forbidden or not found."""


class UnansweredError(Exception):
    """The cluster could not be queried; the text says why."""


class ClusterSettings(Protocol):
    """Which cluster a stack belongs to."""

    @property
    def context(self) -> str:
        """Name of the kubeconfig's context."""
        ...

    @property
    def server(self) -> str | None:
        """URL of the API server that the context must point to; None accepts any."""
        ...

    @property
    def adopt(self) -> bool:
        """Whether existing objects are taken over."""
        ...


def provider(cluster: ClusterSettings, where: str = "openmage:shop.cluster") -> k8s.Provider:
    """Return the provider for the stack's context, whatever the current context is.

    `where` is the path of the cluster's settings in the stack file.
    """
    refuse_other_clusters(cluster, where)
    return k8s.Provider(
        "cluster",
        context=cluster.context,
        # A rotated kubeconfig is still the same cluster and must not replace anything.
        cluster_identifier=cluster.context,
        upsert_existing_objects=cluster.adopt,
    )


def kubectl(context: str) -> Ask:
    """Return a function that queries the API server of a context."""

    def ask(path: str) -> dict[str, Any] | None:
        words = ["kubectl", "--context", context, "get", "--raw", path]
        try:
            ended = subprocess.run(  # noqa: S603 (no shell, and the context is one of the kubeconfig)
                [*words, "--request-timeout", f"{_SECONDS}s"],
                capture_output=True,
                text=True,
                check=False,
                timeout=2 * _SECONDS,
            )
        except FileNotFoundError:
            message = "kubectl is not on the PATH: https://kubernetes.io/docs/tasks/tools/"
            raise UnansweredError(message) from None
        except subprocess.TimeoutExpired:
            message = f"the API server did not respond within {2 * _SECONDS} seconds"
            raise UnansweredError(message) from None
        if ended.returncode == 0:
            return cast("dict[str, Any]", json.loads(ended.stdout))
        reason = ended.stderr.strip().split("\n")[-1]
        if "(Forbidden)" in reason or "(NotFound)" in reason:
            return None
        raise UnansweredError(reason or f"kubectl exited with {ended.returncode}")

    return ask


def contexts() -> dict[str, str]:
    """Return the API server's URL for each context in the kubeconfig."""
    servers: dict[str, str] = {}
    found: dict[str, str] = {}
    # The first file that defines a name wins, as in kubectl.
    for document in _kubeconfigs():
        for name, cluster in _named(document, "cluster"):
            servers.setdefault(name, str(cluster.get("server")))
        for name, context in _named(document, "context"):
            found.setdefault(name, str(context.get("cluster")))
    return {context: servers.get(name, "") for context, name in found.items()}


def refuse_other_clusters(cluster: ClusterSettings, where: str = "openmage:shop.cluster") -> None:
    """Refuse a kubeconfig that does not point to the stack's own cluster."""
    known = contexts()
    file = os.environ.get("KUBECONFIG") or "~/.kube/config"
    if cluster.context not in known:
        key, value = "context", cluster.context
        listed = ", ".join(sorted(known)) or "none"
        reason = f"the kubeconfig ({file}) has no such context; it has: {listed}"
        fix = (
            "point KUBECONFIG to the kubeconfig of this stack's cluster"
            " (make cluster makes a local one), or correct the setting"
        )
    elif cluster.server is not None and known[cluster.context] != cluster.server:
        key, value = "server", cluster.server
        leads = known[cluster.context] or "no server"
        reason = (
            f"the context {cluster.context} in {file} leads to {leads}, which is another cluster"
        )
        fix = "use the kubeconfig of this stack's cluster, or correct the setting"
    else:
        return
    raise pulumi.RunError(Problem((where, key), value, reason, fix).text())


def _kubeconfigs() -> Iterator[Any]:
    paths = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    parser: Any = YAML(typ="safe", pure=True)
    for path in paths.split(os.pathsep):
        file = Path(path)
        if not file.is_file():
            continue
        try:
            yield parser.load(file)
        except YAMLError as error:
            message = f"the kubeconfig {file} is not valid YAML: {getattr(error, 'problem', '')}"
            raise pulumi.RunError(message) from None


def _named(document: Any, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each cluster, or each context, with its name."""
    entries = document.get(f"{kind}s") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            named = entry.get(kind)
            yield str(entry["name"]), named if isinstance(named, dict) else {}
