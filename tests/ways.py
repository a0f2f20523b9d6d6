"""The ways in that a stack file can name."""

from typing import Any

Way = dict[str, Any]

SECRET: Way = {"mode": "secret", "secretName": "shop-tls"}
INGRESS: Way = {"kind": "ingress", "className": "traefik", "controllerNamespace": "traefik"}
OWN: Way = {
    "kind": "gateway",
    "controllerNamespace": "gateways",
    "parent": {"mode": "own", "className": "public"},
}
SHARED: Way = {**OWN, "parent": {"mode": "listener-set", "name": "shared", "namespace": "infra"}}
EXISTING: Way = {**OWN, "parent": {"mode": "existing", "name": "shared", "namespace": "infra"}}
NONE: Way = {"kind": "none", "controllerNamespace": "proxies"}
LOAD_BALANCER: Way = {"kind": "load-balancer"}
TERMINATOR: Way = {"frontendCache": {"mode": "varnish", "terminator": True}}
