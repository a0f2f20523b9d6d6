"""A namespace that others have made for a shop."""

from collections.abc import Iterator

from cluster.connect import Ask
from stackfile.needs import Closed
from stackfile.report import Violation

_ENFORCE = "pod-security.kubernetes.io/enforce"


def unfit(closed: Closed, ask: Ask) -> Iterator[tuple[Violation, bool]]:
    """Yield why it is not fit for the shop, and whether the stack cannot be without it."""
    name = closed.namespace
    found = ask(f"/api/v1/namespaces/{name}")
    if found is None:
        listed = ask("/api/v1/namespaces")
        if listed is not None and all(e["metadata"]["name"] != name for e in listed["items"]):
            reason = f"the cluster has no namespace {name}"
            fix = "have it made first, or leave createNamespace out"
            yield Violation(closed.path, reason, fix), True
        return
    level = found["metadata"].get("labels", {}).get(_ENFORCE)
    if level != "restricted":
        enforced = f"the Pod Security level {level}" if level else "no Pod Security level"
        reason = f"the namespace {name} enforces {enforced}"
        fix = f"kubectl label --overwrite namespace {name} {_ENFORCE}=restricted"
        yield Violation(closed.path, reason, fix), True
    pods = (ask(f"/api/v1/namespaces/{name}/pods") or {"items": []})["items"]
    others = [
        pod["metadata"]["name"]
        for pod in pods
        if not closed.labels.items() <= pod["metadata"].get("labels", {}).items()
    ]
    if others:
        reason = f"the namespace {name} is not empty: the shop's policies cut off {others[0]}"
        fix = "give the shop a namespace of its own"
        yield Violation(closed.path, reason, fix), False
