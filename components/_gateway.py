"""A way in by the Gateway API, version 1.5 or newer, standard channel: listeners and routes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components._listeners import (
    API,
    GROUP,
    Ref,
    attachment,
    listener_sets,
    own_listeners,
    parts,
    set_listeners,
)
from components._objects import ShopArgs, auto_named
from components._ways import Gateway, Route, WayArgs, every_host, name_of

_HOSTS_OF_A_ROUTE = 16
_SLACK_SECONDS = 10
"""How much later than PHP the Gateway gives up: the visitor sees the shop's own page."""
_TO_HTTPS: Mapping[str, Any] = {
    # What a certificate authority asks for has an exact path, and that goes before this one.
    "filters": [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ],
}


def gateway(
    edge: str, args: WayArgs, way: Gateway, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Attach the routes to listeners, and return them: they are there when listeners have them."""
    listeners = [
        _object(kind, name, args, spec, opts) for kind, name, spec in _listeners(edge, args, way)
    ]
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=listeners))
    # A listener whose certificate is not there yet accepts no route.
    awaited = not args["tls"]["issued_later"]
    made: list[pulumi.Resource] = []
    redirected: list[str] = []
    for route in args["routes"]:
        rule = _rule(route, timeouts=way["timeouts"])
        for name, hosts in _named(edge, way, route["name"], route["hosts"]):
            serving, redirecting = attachment(edge, args, way, hosts)
            spec = _route(serving, hosts, rule)
            made.append(_object("HTTPRoute", name, args, spec, after, awaited=awaited))
            redirected += hosts if redirecting else []
    for name, hosts in _named(edge, way, "redirect", redirected):
        spec = _route(attachment(edge, args, way, hosts).redirecting, hosts, _TO_HTTPS)
        made.append(_object("HTTPRoute", name, args, spec, after, awaited=True))
    return made


def _listeners(
    edge: str, args: WayArgs, way: Gateway
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield kind, name and spec of what holds the listeners of the shop's own."""
    parent, secret = way["parent"], args["tls"]["secret"]
    if parent["mode"] == "own":
        spec: dict[str, Any] = {
            "gatewayClassName": parent["class_name"],
            "listeners": own_listeners(parent, secret),
        }
        if parent["annotations"]:
            spec["infrastructure"] = {"annotations": parent["annotations"]}
        yield "Gateway", name_of(edge, way), spec
    if parent["mode"] == "listener-set":
        shared = {
            "group": GROUP,
            "kind": "Gateway",
            "name": parent["name"],
            "namespace": parent["namespace"],
        }
        for name, hosts in listener_sets(edge, way, every_host(args)):
            listeners = set_listeners(parent, hosts, secret)
            yield "ListenerSet", name, {"parentRef": shared, "listeners": listeners}


def _named(
    edge: str, way: Gateway, name: str, hosts: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    return parts(f"{name_of(edge, way)}-{name}", hosts, _HOSTS_OF_A_ROUTE)


def _rule(route: Route, *, timeouts: bool) -> Mapping[str, Any]:
    rule: dict[str, Any] = {"backendRefs": [{"name": route["service"], "port": 80}]}
    if timeouts:
        rule["timeouts"] = {"request": f"{route['seconds'] + _SLACK_SECONDS}s"}
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
    """Return what Pulumi waits for: every listener has taken this very version of a route.

    A route has no condition of its own, only some for each listener; and only by the generation in
    them is the answer to an earlier version told from that to this one.
    """
    condition = (
        # Without blanks: Pulumi's parser stumbles over the one before a second &&.
        '(@.type=="Accepted"||@.type=="ResolvedRefs")&&@.status=="True"'
        "&&@.observedGeneration==$.metadata.generation"
    )
    # Two conditions a listener, or more: a controller that is gone may have left its answers.
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
