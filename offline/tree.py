"""A readable summary of what a stack would create: tree, sizes and picture."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from offline.graph import Graph, Resource, masked
from stackfile.types import bytes_of, millicores

_WORKLOADS = ("Deployment", "StatefulSet", "CronJob")
_HIDDEN = ("RandomPassword",)


def tree(graph: Graph) -> str:
    """Return a tree of components and objects, followed by hosts and sizes."""
    lines = list(_components(graph))
    counts = Counter(r.kind for r in graph if r.custom and not r.is_provider)
    lines += ["", "objects  " + ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()))]
    lines += ["hosts    " + ", ".join(_hosts(graph))]
    for label, peak in (("at rest", False), ("at most", True)):
        cpu, memory = requests(graph, peak=peak)
        lines.append(f"{label}  requests {cpu / 1000:.2f} CPU, {memory / 2**30:.2f} GiB")
    claims = [_spec(claim) for claim in graph.of("PersistentVolumeClaim")]
    storage = sum(bytes_of(claim["resources"]["requests"]["storage"]) for claim in claims)
    lines.append(f"volumes  {len(claims)}, {storage / 2**30:.0f} GiB")
    return "\n".join(lines)


def requests(graph: Graph, *, peak: bool) -> tuple[int, int]:
    """Return the requests of all workloads in millicores and bytes, at rest or at peak."""
    cpu = memory = 0
    for workload in (r for r in graph if r.kind in _WORKLOADS):
        spec = _spec(workload)
        count = _replicas(graph, workload, peak=peak)
        pod = (spec["jobTemplate"]["spec"] if workload.kind == "CronJob" else spec)["template"]
        for container in _containers(pod["spec"]):
            asked = container["resources"]["requests"]
            cpu += count * millicores(asked["cpu"])
            memory += count * bytes_of(asked["memory"])
    return cpu, memory


def mermaid(graph: Graph) -> str:
    """Return a Mermaid flow chart of the components and their dependencies."""
    lines = ["flowchart LR", "  visitors([visitors]) --> edge"]
    for component in sorted(graph.components, key=lambda component: component.name):
        kinds = Counter(r.kind for r in graph.children_of(component.name) if r.kind not in _HIDDEN)
        text = "<br/>".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))
        # Components that the settings do not use exist, but are empty.
        if text:
            lines.append(f'  {component.name}["<b>{component.name}</b><br/>{text}"]')
    lines += [f"  {user} --> {used}" for user, used in sorted(_uses(graph))]
    return "\n".join(lines)


def _uses(graph: Graph) -> Iterator[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for resource in graph:
        for urn in resource.depends_on:
            user, used = _owner(graph, resource), _owner(graph, graph.resources.get(urn))
            # Everything depends on the namespace: omit these arrows.
            if user and used and used not in {user, "tenant"}:
                pairs.add((user, used))
    yield from pairs


def _owner(graph: Graph, resource: Resource | None) -> str | None:
    component = graph.component_of(resource) if resource else None
    return component.name if component else None


def _components(graph: Graph) -> Iterator[str]:
    for component in graph.components:
        children = sorted(graph.children_of(component.name), key=lambda r: (r.kind, r.name))
        if children:
            yield f"{component.name} ({component.kind})"
        for index, child in enumerate(children):
            branch = "`--" if index == len(children) - 1 else "|--"
            yield f"  {branch} {child.kind} {child.name}{_detail(graph, child)}"


def _detail(graph: Graph, resource: Resource) -> str:
    notes: list[str] = []
    if resource.kind in {"Deployment", "StatefulSet"}:
        few, many = (_replicas(graph, resource, peak=peak) for peak in (False, True))
        notes.append(f"{few} pod{'s' if many > 1 else ''}" if few == many else f"{few}-{many} pods")
    elif resource.kind == "CronJob":
        notes.append(_spec(resource)["schedule"])
    elif resource.kind == "PersistentVolumeClaim":
        notes.append(_spec(resource)["resources"]["requests"]["storage"])
    if resource.protect:
        notes.append("protected")
    if resource.retain_on_delete:
        notes.append("retained")
    return f" ({', '.join(notes)})" if notes else ""


def _replicas(graph: Graph, workload: Resource, *, peak: bool) -> int:
    for scaler in graph.of("HorizontalPodAutoscaler"):
        if _spec(scaler)["scaleTargetRef"]["name"] == workload.name:
            return int(_spec(scaler)["maxReplicas" if peak else "minReplicas"])
    return int(_spec(workload).get("replicas", 1))


def _hosts(graph: Graph) -> list[str]:
    return [rule["host"] for ingress in graph.of("Ingress") for rule in _spec(ingress)["rules"]]


def _spec(resource: Resource) -> dict[str, Any]:
    return masked(resource.inputs)["spec"]


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    sidecars = [c for c in pod.get("initContainers", []) if c.get("restartPolicy") == "Always"]
    return [*pod["containers"], *sidecars]
