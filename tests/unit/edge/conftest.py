"""The dev shop behind any way in."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Graph, StackFile, run
from tests.harness import DEV, merge, stack_file
from tests.ways import EXISTING, INGRESS, LOAD_BALANCER, NONE, OWN, SECRET, SHARED, TERMINATOR

HTTP_01 = {"mode": "http-01", "email": "shop@shop.test", "server": "https://acme.test/dir"}


class Ways:
    """The ways in that a stack file can name, and the shop behind one."""

    ingress, own, shared, existing = INGRESS, OWN, SHARED, EXISTING
    none, load_balancer, terminator = NONE, LOAD_BALANCER, TERMINATOR
    secret, http_01 = SECRET, HTTP_01

    @staticmethod
    def issued(issuer: Mapping[str, Any] = HTTP_01, **more: Any) -> dict[str, Any]:
        """Return the settings of a certificate by cert-manager."""
        return {"mode": "letsencrypt", "issuer": issuer, **more}

    @staticmethod
    def behind(
        way: Mapping[str, Any],
        tls: Mapping[str, Any] = SECRET,
        changes: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        former: Mapping[str, Any] | None = None,
    ) -> Graph:
        """Return the dev shop with this edge in the place of its own."""
        edge = {**way, "tls": tls, **({"movingFrom": former} if former else {})}
        given = stack_file(secrets=secrets)
        shop = merge({**DEV.shop, "edge": edge}, changes or {})
        config = {**given.config, "openmage:shop": json.dumps(shop)}
        return run(StackFile("test", given.path, config, given.secrets))


@pytest.fixture(scope="session")
def ways() -> type[Ways]:
    """Return the ways in."""
    return Ways
