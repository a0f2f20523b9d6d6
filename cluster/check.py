"""Check the cluster for a shop's prerequisites, before anything is created."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pulumi

from cluster.connect import Ask, UnansweredError
from cluster.names import unopened
from cluster.namespace import unfit
from stackfile.certificates import ACME_DIRECTORIES
from stackfile.needs import Api, Closed, Named, Names, Prerequisite
from stackfile.report import Problem, Violation, dotted

_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def check_cluster(
    tree: str, prerequisites: Iterable[Prerequisite], ask: Ask, *, temporary: bool = False
) -> None:
    """Refuse what the cluster does not have; that it could not be asked is only a warning.

    `tree` is the configuration key of the settings that ask for it. What is `temporary` must not
    use up the limits of a certificate authority.
    """
    try:
        needed = list(prerequisites)
        found = [*_missing(needed, ask, temporary=temporary), *_unfit(needed, ask)]
    except UnansweredError as error:
        pulumi.log.warn(f"the cluster's prerequisites were not checked: {error}")
        return
    for violation, required in found:
        if not required:
            place = dotted((tree, *violation.path))
            pulumi.log.warn(f"{place}: {violation.reason}; {violation.fix}")
    if refused := [violation for violation, required in found if required]:
        report = "\n\n".join(
            Problem((tree, *path), None, reason, fix).text() for path, reason, fix in refused
        )
        message = f"The cluster lacks prerequisites; nothing was deployed.\n\n{report}\n"
        raise pulumi.RunError(message)


def _missing(
    prerequisites: Sequence[Prerequisite], ask: Ask, *, temporary: bool
) -> Iterator[tuple[Violation, bool]]:
    """Yield what is not there, and whether the stack cannot be without it."""
    served = _served(ask)
    for api in (each for each in prerequisites if isinstance(each, Api)):
        if served is not None and (reason := _unserved(api, served, ask)):
            fix = f"enable the platform's part {api.part} (make platform-up)"
            yield Violation(api.path, reason, fix), api.required
    listed: dict[str, list[dict[str, Any]] | None] = {}
    for named in (each for each in prerequisites if isinstance(each, Named)):
        if served is not None and "/".join(named.where.split("/")[2:4]) not in served:
            # The missing API has already been reported.
            continue
        if named.where not in listed:
            answer = ask(named.where)
            listed[named.where] = None if answer is None else answer["items"]
        items = listed[named.where]
        if items is not None and (reason := _absent(named, items)):
            yield Violation(named.path, reason, _made(named)), True
        elif temporary and _is_production(named, items or []):
            yield _wasteful(named), True


def _unfit(prerequisites: Sequence[Prerequisite], ask: Ask) -> Iterator[tuple[Violation, bool]]:
    """Yield what is there and not as the shop needs it, and whether that stops the stack."""
    for closed in (each for each in prerequisites if isinstance(each, Closed)):
        yield from unfit(closed, ask)
    for names in (each for each in prerequisites if isinstance(each, Names)):
        if reason := unopened(names, ask):
            fix = "add it to network.dns: its pods to peers, or its address to cidrs"
            yield Violation(names.path, reason, fix), False


def _served(ask: Ask) -> set[str] | None:
    """Return group and version of each API; None if listing them is forbidden."""
    answer = ask("/apis")
    if answer is None:
        return None
    return {found["groupVersion"] for group in answer["groups"] for found in group["versions"]}


def _unserved(api: Api, served: set[str], ask: Ask) -> str | None:
    if api.version not in served:
        return f"the cluster does not serve {api.version}"
    if api.kind is None:
        return None
    answer = ask(f"/apis/{api.version}")
    if answer is None or api.kind in {kind["kind"] for kind in answer["resources"]}:
        return None
    return f"the cluster serves {api.version} without {api.kind}"


def _absent(named: Named, items: list[dict[str, Any]]) -> str | None:
    names = sorted(item["metadata"]["name"] for item in items)
    where = f" in the namespace {named.namespace}" if named.namespace else ""
    there = f"available: {', '.join(names) or 'none'}"
    if named.name is not None:
        if named.name in names:
            return None
        return f"the cluster has no {named.kind} {named.name}{where}; {there}"
    annotations = (item["metadata"].get("annotations", {}) for item in items)
    if any(found.get(_DEFAULT) == "true" for found in annotations):
        return None
    return f"is not set, and the cluster has no default {named.kind}; {there}"


def _made(named: Named) -> str:
    if named.part is None:
        return "name an existing one, or create it first"
    return f"name an existing one, or use the platform's {named.part} (make platform-up)"


def _is_production(named: Named, items: list[dict[str, Any]]) -> bool:
    """Return whether an issuer uses Let's Encrypt's production server, which has rate limits."""
    found = (item for item in items if item["metadata"]["name"] == named.name)
    return named.kind == "ClusterIssuer" and any(
        item.get("spec", {}).get("acme", {}).get("server") == ACME_DIRECTORIES["production"]
        for item in found
    )


def _wasteful(named: Named) -> Violation:
    return Violation(
        named.path,
        "is Let's Encrypt's production server: short-lived environments would exhaust the weekly"
        " certificate limit of the domain",
        "name an issuer for staging, or share one wildcard (edge.tls.mode elsewhere or secret)",
    )
