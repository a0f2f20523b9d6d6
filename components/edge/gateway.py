"""A route by the Gateway API, version 1.5 or newer, standard channel: listeners and routes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

import pulumi
import pulumi_kubernetes as k8s

from components.edge.listeners import (
    API,
    GROUP,
    Ref,
    attachment,
    listener_sets,
    own_listeners,
    parts,
    set_listeners,
)
from components.edge.routes import Backend, RouteArgs, every_host, route_name
from components.kit.metadata import ShopArgs, auto_named
from components.kit.workload import after
from stackfile.routes import ExistingListeners, GatewayRoute, ListenerSet, OwnGateway

_HOSTS_OF_A_ROUTE = 16
_SLACK_SECONDS = 10
"""Extra time before the Gateway gives up, so that visitors see PHP's own timeout page."""
_TO_HTTPS: Mapping[str, Any] = {
    # HTTP-01 challenges have exact paths, which take precedence over this route.
    "filters": [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ],
}


def gateway(
    edge: str, args: RouteArgs, route: GatewayRoute, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Attach HTTPRoutes to listeners, and return them: they exist once listeners accept them."""
    listeners = [
        _object(kind, name, args, spec, opts) for kind, name, spec in _listeners(edge, args, route)
    ]
    attached = after(listeners, opts)
    # A listener accepts no route before its certificate exists.
    awaited = not args["tls"]["issued_later"]
    made: list[pulumi.Resource] = []
    redirected: list[str] = []
    for backend in args["backends"]:
        rule = _rule(backend, timeouts=route.timeouts)
        for name, hosts in _named(edge, route, backend["name"], backend["hosts"]):
            serving, redirecting = attachment(edge, args, route, hosts)
            spec = _route(serving, hosts, rule)
            made.append(_object("HTTPRoute", name, args, spec, attached, awaited=awaited))
            redirected += hosts if redirecting else []
    for name, hosts in _named(edge, route, "redirect", redirected):
        spec = _route(attachment(edge, args, route, hosts).redirecting, hosts, _TO_HTTPS)
        made.append(_object("HTTPRoute", name, args, spec, attached, awaited=True))
    return made


def _listeners(
    edge: str, args: RouteArgs, route: GatewayRoute
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield kind, name and spec of the shop's objects that hold listeners."""
    secret = args["tls"]["secret"]
    match parent := route.parent:
        case OwnGateway():
            spec: dict[str, Any] = {
                "gatewayClassName": parent.class_name,
                "listeners": own_listeners(parent, secret),
            }
            if parent.annotations:
                spec["infrastructure"] = {"annotations": parent.annotations}
            yield "Gateway", route_name(edge, route), spec
        case ListenerSet():
            shared = {
                "group": GROUP,
                "kind": "Gateway",
                "name": parent.name,
                "namespace": parent.namespace,
            }
            for name, hosts in listener_sets(edge, route, every_host(args)):
                listeners = set_listeners(parent, hosts, secret)
                yield "ListenerSet", name, {"parentRef": shared, "listeners": listeners}
        case ExistingListeners():
            return
        case _:
            assert_never(parent)


def _named(
    edge: str, route: GatewayRoute, name: str, hosts: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    return parts(f"{route_name(edge, route)}-{name}", hosts, _HOSTS_OF_A_ROUTE)


def _rule(backend: Backend, *, timeouts: bool) -> Mapping[str, Any]:
    rule: dict[str, Any] = {"backendRefs": [{"name": backend["service"], "port": 80}]}
    if timeouts:
        rule["timeouts"] = {"request": f"{backend['timeout'] + _SLACK_SECONDS}s"}
    return rule


def _route(
    parents: Sequence[Ref], hosts: Sequence[str], rule: Mapping[str, Any]
) -> Mapping[str, Any]:
    path = {"path": {"type": "PathPrefix", "value": "/"}}
    return {
        "parentRefs": list(parents),
        "hostnames": list(hosts),
        "rules": [{"matches": [path], **rule}],
    }


def accepted(parents: int) -> str:
    """Return the wait condition: every listener has accepted this version of a route.

    A route has no condition of its own, only some for each listener; and only the generation in
    them shows to which version of the route they are the answer.
    """
    condition = (
        # No spaces: Pulumi's parser fails on a space before a second &&.
        '(@.type=="Accepted"||@.type=="ResolvedRefs")&&@.status=="True"'
        "&&@.observedGeneration==$.metadata.generation"
    )
    # Two conditions per listener, or more: a removed controller may have left its status.
    return f"jsonpath={{$[?count(@.parents[*].conditions[?{condition}])>{2 * parents - 1}]}}"


def _object(  # noqa: PLR0913 (an object has these parts)
    kind: str,
    name: str,
    args: ShopArgs,
    spec: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    *,
    awaited: bool = False,
) -> pulumi.Resource:
    metadata: k8s.meta.v1.ObjectMetaArgsDict = {**auto_named("edge", args), "name": name}
    if awaited:
        metadata["annotations"] = {"pulumi.com/waitFor": accepted(len(spec["parentRefs"]))}
    return k8s.apiextensions.CustomResource(
        name, api_version=API, kind=kind, metadata=metadata, spec=spec, opts=opts
    )
