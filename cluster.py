"""The one cluster that a stack may touch."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import pulumi
import pulumi_kubernetes as k8s
from ruamel.yaml import YAML, YAMLError


class ClusterSettings(Protocol):
    """Which cluster a stack belongs to."""

    @property
    def context(self) -> str:
        """Name of the kubeconfig's context."""
        ...

    @property
    def server(self) -> str | None:
        """Address of the API server that the context must lead to; None accepts any."""
        ...

    @property
    def adopt(self) -> bool:
        """Whether objects that are there already are taken over."""
        ...


def connect(cluster: ClusterSettings) -> k8s.Provider:
    """Return the provider of the stack's own context, whichever context is the current one."""
    _refuse_other_clusters(cluster)
    return k8s.Provider(
        "cluster",
        context=cluster.context,
        # A rotated kubeconfig is the same cluster: nothing may be replaced because of it.
        cluster_identifier=cluster.context,
        upsert_existing_objects=cluster.adopt,
    )


def contexts() -> dict[str, str]:
    """Return the address of the API server of each context in the kubeconfig."""
    servers: dict[str, str] = {}
    found: dict[str, str] = {}
    # The first file that names something wins, as in kubectl.
    for document in _kubeconfigs():
        for entry in _entries(document, "clusters"):
            servers.setdefault(str(entry["name"]), str(_field(entry, "cluster").get("server")))
        for entry in _entries(document, "contexts"):
            found.setdefault(str(entry["name"]), str(_field(entry, "context").get("cluster")))
    return {context: servers.get(name, "") for context, name in found.items()}


def _refuse_other_clusters(cluster: ClusterSettings) -> None:
    known = contexts()
    where = os.environ.get("KUBECONFIG") or "~/.kube/config"
    if cluster.context not in known:
        listed = ", ".join(sorted(known)) or "none"
        message = (
            f"openmage:shop.cluster.context: {cluster.context}\n"
            f"    why: the kubeconfig ({where}) has no such context; it has: {listed}\n"
            "    fix: point KUBECONFIG to the kubeconfig of this stack's cluster"
            " (make cluster makes a local one), or correct the setting"
        )
        raise pulumi.RunError(message)
    if cluster.server is not None and known[cluster.context] != cluster.server:
        message = (
            f"openmage:shop.cluster.server: {cluster.server}\n"
            f"    why: the context {cluster.context} in {where} leads to"
            f" {known[cluster.context] or 'no server'}, which is another cluster\n"
            "    fix: use the kubeconfig of this stack's cluster, or correct the setting"
        )
        raise pulumi.RunError(message)


def _kubeconfigs() -> Iterator[Mapping[str, object]]:
    paths = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    parser: Any = YAML(typ="safe", pure=True)
    for path in paths.split(os.pathsep):
        file = Path(path)
        if not file.is_file():
            continue
        try:
            document: object = parser.load(file)
        except YAMLError as error:
            message = f"the kubeconfig {file} is no YAML: {getattr(error, 'problem', '')}"
            raise pulumi.RunError(message) from None
        if isinstance(document, Mapping):
            yield cast("Mapping[str, object]", document)


def _entries(document: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    entries = document.get(key)
    if not isinstance(entries, list):
        return []
    listed = cast("list[object]", entries)
    return [cast("Mapping[str, object]", entry) for entry in listed if isinstance(entry, Mapping)]


def _field(entry: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = entry.get(key)
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
