"""What a stack file must not say of its database."""

import pytest

from stackfile.report import SettingsError, dotted
from tests import cases
from tests.harness import DEV, DIGEST, PRODUCTION, merge, validated

OPERATOR = f"ghcr.io/mariadb-operator/mariadb-operator:26.6.0{DIGEST}"
NODE = {"mode": "node-local", "node": "n1", "path": "/srv/shop", "acceptLossOfNode": True}
SAFE = {"operatorImage": OPERATOR, "apiServerCidrs": ["10.0.0.1/32"]}


def refusals(changes):
    try:
        validated(merge(DEV.shop, changes))
    except SettingsError as error:
        return {dotted(p.path[1:]): (p.reason, p.fix) for p in error.problems}
    return {}


CASES = [
    (
        "one node's disk without a word about its loss",
        {"database": {**NODE, "acceptLossOfNode": False}},
        "database.acceptLossOfNode",
        "lost with it",
        "set it to true if that is acceptable",
    ),
    (
        "one node's disk without the question being answered at all",
        {"database": {"mode": "node-local", "node": "n1", "path": "/srv/shop"}},
        "database.acceptLossOfNode",
        "is required and missing",
        "add it",
    ),
    (
        "a storage class for a directory of a node",
        {"database": {**NODE, "storage": {"size": "8Gi", "storageClass": "fast"}}},
        "database.storage.storageClass",
        "storage classes do not apply",
        "remove it",
    ),
    (
        "a whole disk as the database's directory",
        {"database": {**NODE, "path": "/"}},
        "database.path",
        "pattern",
        "docs/settings.md",
    ),
    (
        "one server that is to replicate",
        {"database": {"mode": "replicated", "replicas": 1}},
        "database.replicas",
        "greater than or equal to 2",
        "docs/settings.md",
    ),
    (
        "two servers that are to agree",
        {"database": {"mode": "galera", "replicas": 2}},
        "database.replicas",
        "greater than or equal to 3",
        "docs/settings.md",
    ),
    (
        "an even number of servers that are to agree",
        {"database": {"mode": "galera", "replicas": 4}},
        "database.replicas",
        "no majority",
        "use 5",
    ),
    (
        "servers that may share a node outside of dev",
        {
            "environment": "staging",
            "edge": {"tls": {"mode": "secret", "secretName": "shop-tls"}},
            "database": {"mode": "replicated", "spread": "preferred"},
        },
        "database.spread",
        "losing one node could take down every server",
        "use required",
    ),
    (
        "an image that the operator cannot tell the version of",
        {
            "database": {"mode": "galera"},
            "images": {"mariadb": f"docker.io/library/mariadb{DIGEST}"},
        },
        "images.mariadb",
        "goes by the tag",
        "mariadb:11.8@sha256:",
    ),
    (
        "replication's settings for Galera",
        {"database": {"mode": "galera", "maxLagSeconds": 5}},
        "database.maxLagSeconds",
        "belongs to another choice",
        "remove it",
    ),
    (
        "an operator's image that can be moved, in production",
        merge(
            PRODUCTION, {"database": {**SAFE, "mode": "replicated", "operatorImage": "op:26.6.0"}}
        ),
        "database.operatorImage",
        "a tag can be moved",
        "append the digest",
    ),
    (
        "servers that reach the whole internet, in production",
        merge(PRODUCTION, {"database": {"mode": "galera", "operatorImage": OPERATOR}}),
        "database.apiServerCidrs",
        "may reach any address",
        "kubectl get endpointslices",
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    found = refusals(changes)
    assert list(found) == [path]
    assert reason in found[path][0]
    assert fix in found[path][1]


@pytest.mark.parametrize("mode", ["replicated", "galera"])
def test_servers_of_the_operator_as_they_should_be_are_accepted_in_production(mode):
    assert refusals(merge(PRODUCTION, {"database": {**SAFE, "mode": mode}})) == {}
