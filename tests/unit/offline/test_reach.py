"""The matrix of who reaches whom: what a policy adds or takes away is seen in it."""

import sys
from dataclasses import replace

import pytest

from offline.reach import End, reach
from operate.__main__ import main
from tests.harness import deploy

WEB = {"matchLabels": {"app.kubernetes.io/instance": "storefront"}}


@pytest.fixture(scope="module")
def shop():
    return reach(deploy())


def with_rule(shop, direction, rule):
    """Return the shop with one more policy, for the storefront."""
    policy = {"podSelector": WEB, "policyTypes": [direction], direction.lower(): [rule]}
    return replace(shop, policies=[*shop.policies, policy])


def test_a_stranger_reaches_no_pod(shop):
    matrix = shop.matrix()
    assert "stranger" not in matrix
    assert "another shop" not in matrix
    assert matrix["pods in traefik"] == {"admin": ("8080",), "storefront": ("8080",)}


def test_the_metadata_service_is_asked_for_names_only(shop):
    assert shop.matrix()["storefront"]["metadata service"] == ("53", "53/udp")


def test_a_rule_without_peers_or_ports_opens_all(shop):
    open_ports = with_rule(shop, "Ingress", {}).matrix()["stranger"]["storefront"]
    assert {"22", "8080", "53/udp"} <= set(open_ports)


@pytest.mark.parametrize(
    ("peer", "reaching"),
    [
        ({"podSelector": {}}, {"cron"}),
        ({"namespaceSelector": {}}, {"stranger", "cluster DNS"}),
        ({"ipBlock": {"cidr": "9.9.9.0/24"}}, {"internet"}),
        ({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}, {"internet"}),
    ],
    ids=["own pods", "all namespaces", "a network", "all but a network"],
)
def test_a_peer_is_read_as_kubernetes_does(shop, peer, reaching):
    rule = {"from": [peer], "ports": [{"port": 22}]}
    matrix = with_rule(shop, "Ingress", rule).matrix()
    found = {name for name, ends in matrix.items() if "22" in ends.get("storefront", ())}
    assert found & {"cron", "stranger", "cluster DNS", "internet"} <= reaching | set(shop.pods)
    if "internet" in reaching or "stranger" in reaching:
        assert reaching <= found
    else:
        # The egress policies of the shop's own pods do not allow it.
        assert found == set()


def test_both_ends_have_to_let_a_packet_through(shop):
    own, outside = shop.pods["storefront"], End("203.0.113.9")
    assert shop.is_open(own, outside, ("TCP", 443))
    assert not shop.is_open(own, outside, ("UDP", 443))
    assert not shop.is_open(outside, own, ("TCP", 8080))
    without = replace(shop, policies=[])
    assert without.is_open(outside, own, ("TCP", 8080))


def test_a_selector_that_is_not_understood_is_no_answer(shop):
    odd = {"podSelector": {"matchExpressions": []}, "policyTypes": ["Ingress"]}
    with pytest.raises(NotImplementedError):
        replace(shop, policies=[odd]).matrix()


def test_a_preview_prints_it(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["operate", "preview", "--offline", "--matrix"])
    assert main() == 0
    assert "every pod of the shop\n" in capsys.readouterr().out
