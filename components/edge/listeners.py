"""Listeners of a Gateway, and the listeners that each route attaches to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, assert_never

import pulumi

from components.edge.routes import RouteArgs, every_host, route_name
from stackfile.routes import ExistingListeners, GatewayRoute, ListenerSet, OwnGateway

GROUP = "gateway.networking.k8s.io"
API = f"{GROUP}/v1"

Ref = Mapping[str, str]
"""A reference to a listener, or to all listeners of a Gateway or ListenerSet."""
_HOSTS_OF_A_SET = 32
"""A ListenerSet allows 64 listeners, and a host needs two."""


class Attachment(NamedTuple):
    """Listeners that the routes of some hosts attach to."""

    serving: Sequence[Ref]
    """Listeners that lead to the shop."""
    redirecting: Sequence[Ref]
    """Listeners that redirect to https; empty if there are none or TLS is off."""


def attachment(edge: str, args: RouteArgs, route: GatewayRoute, hosts: Sequence[str]) -> Attachment:
    """Return where the HTTPRoutes of some of the shop's hosts are attached."""
    tls = args["tls"]
    match parent := route.parent:
        case ExistingListeners():
            return _existing(parent, secure=tls["secure"])
        case OwnGateway():
            name = route_name(edge, route)
            http, https = ([_ref("Gateway", name, section)] for section in ("http", "https"))
        case ListenerSet():
            sets = {
                host: name
                for name, part in listener_sets(edge, route, every_host(args))
                for host in part
            }
            http, https = (
                [_ref("ListenerSet", sets[host], f"{scheme}-{host}") for host in hosts]
                for scheme in ("http", "https")
            )
        case _:
            assert_never(parent)
    return Attachment(http, []) if tls["secret"] is None else Attachment(https, http)


def _existing(parent: ExistingListeners, *, secure: bool) -> Attachment:
    def refs(section: str | None) -> list[Ref]:
        return [_ref("Gateway", parent.name, section, parent.namespace)] if section else []

    http, https = refs(parent.http_section), refs(parent.https_section)
    return Attachment(https, http) if secure and https else Attachment(http, [])


def challenge_refs(edge: str, route: GatewayRoute, hosts: Sequence[str]) -> list[Ref]:
    """Return where the HTTPRoutes are attached that prove the hosts to a certificate authority."""
    match parent := route.parent:
        case ExistingListeners():
            return [_ref("Gateway", parent.name, parent.http_section, parent.namespace)]
        case OwnGateway():
            return [_ref("Gateway", route_name(edge, route), "http")]
        case ListenerSet():
            return [
                _ref("ListenerSet", name, None) for name, _ in listener_sets(edge, route, hosts)
            ]
        case _:
            assert_never(parent)


def _ref(kind: str, name: str, section: str | None, namespace: str | None = None) -> Ref:
    found = {"group": GROUP, "kind": kind, "name": name}
    if namespace is not None:
        found["namespace"] = namespace
    if section is not None:
        found["sectionName"] = section
    return found


def own_listeners(parent: OwnGateway, secret: pulumi.Input[str] | None) -> list[dict[str, Any]]:
    """Return the listeners of a dedicated Gateway; its routes name the hosts.

    With one listener per host and a shared certificate, browsers would reuse the connection of
    one host for another and get a 421.
    """
    return list(_pair("", parent, secret))


def set_listeners(
    parent: ListenerSet, hosts: Sequence[str], secret: pulumi.Input[str] | None
) -> list[dict[str, Any]]:
    """Return listeners for these hosts only: other shops share the Gateway."""
    return [
        {**listener, "hostname": host}
        for host in hosts
        for listener in _pair(f"-{host}", parent, secret)
    ]


def _pair(
    suffix: str, parent: OwnGateway | ListenerSet, secret: pulumi.Input[str] | None
) -> Iterator[dict[str, Any]]:
    yield {"name": f"http{suffix}", "protocol": "HTTP", "port": parent.http_port}
    if secret is not None:
        yield {
            "name": f"https{suffix}",
            "protocol": "HTTPS",
            "port": parent.https_port,
            "tls": {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": secret}]},
        }


def listener_sets(
    edge: str, route: GatewayRoute, hosts: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the names of the ListenerSets, each with its hosts."""
    return parts(route_name(edge, route), hosts, _HOSTS_OF_A_SET)


def parts(name: str, hosts: Sequence[str], most: int) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield chunks of as many hosts as one object allows, each with the object's name."""
    for start in range(0, len(hosts), most):
        number = start // most + 1
        yield (name if number == 1 else f"{name}-{number}"), hosts[start : start + most]
