"""What a stack file must not say about names, and about servers by names that do not resolve."""

import pytest

from tests.harness import DEV, merge, validated
from tests.refusals import check, problems

PEER = {"namespace": "infra", "labels": {"app": "bind"}}
CASES = {
    "no DNS at all": (
        {"network": {"dns": {"peers": [], "cidrs": []}}},
        ("network.dns", "opens no DNS at all", "name the pods (peers)"),
    ),
    "the shop's own pods": (
        {"network": {"dns": {"peers": [PEER, {**PEER, "namespace": "demo-dev"}]}}},
        ("network.dns.peers[1].namespace", "the shop's own namespace", "namespace of those pods"),
    ),
    "every pod of a namespace": (
        {"network": {"dns": {"peers": [{"namespace": "infra", "labels": {}}]}}},
        ("network.dns.peers[0].labels", "at least 1 item", "docs/settings.md"),
    ),
    "an address for a network": (
        {"network": {"dns": {"cidrs": ["169.254.169.254"]}}},
        ("network.dns.cidrs[0]", "has no prefix length", "169.254.169.254/32"),
    ),
    "no port": (
        {"network": {"dns": {"ports": []}}},
        ("network.dns.ports", "at least 1 item", "docs/settings.md"),
    ),
    "half a name": (
        {"database": {"mode": "external", "host": "db.data.svc", "cidrs": ["10.0.0.0/8"]}},
        ("database.host", "is not found by images with Alpine", ".svc.cluster.local"),
    ),
}


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES)
def test_it_is_refused(changes, said):
    check(problems(changes), *said)


@pytest.mark.parametrize("host", ["db", "db.data", "db.data.svc.cluster.local", "x.example.com"])
def test_other_names_of_servers_are_taken(host):
    external = {"mode": "external", "host": host, "cidrs": ["10.0.0.0/8"]}
    assert validated(merge(DEV.shop, {"database": external}))
