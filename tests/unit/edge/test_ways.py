"""Claims about the other ways in, and about moving between them."""

import pulumi
import pytest

from tests.harness import plain, spec

HOSTS = {
    "hosts": {
        "shop": ["shop.test", "www.shop.test"],
        "stores": [{"host": "shop.de", "code": "de", "redirects": ["www.shop.de"]}],
    }
}
PHPMYADMIN = {"phpMyAdmin": {"enabled": True, "host": "db.shop.test", "allow": ["10.1.0.0/16"]}}


def rules(graph, name="edge-traefik"):
    """Return the Service that each host of an Ingress leads to."""
    found = {}
    for rule in spec(graph.one("Ingress", name))["rules"]:
        [path] = rule["http"]["paths"]
        assert (path["path"], path["pathType"]) == ("/", "Prefix")
        found[rule["host"]] = path["backend"]["service"]
    return found


def peers(graph, name):
    [rule] = spec(graph.one("NetworkPolicy", name))["ingress"]
    return rule["from"]


def namespace(name):
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def doors(graph):
    """Return everything of the edge, without what is made of it in the cluster's policies."""
    kinds = ("Ingress", "Gateway", "ListenerSet", "HTTPRoute", "Service")
    return {
        (r.kind, r.name): plain(r.inputs)
        for r in graph
        if r.kind in kinds and r.name.startswith("edge")
    }


def test_each_host_leads_to_its_pods_on_one_ingress(ways):
    graph = ways.behind(ways.ingress, changes={**HOSTS, **PHPMYADMIN})
    http = {"name": "http"}
    shop = {"name": "storefront", "port": http}
    admin = {"name": "admin", "port": http}
    assert rules(graph) == {
        **dict.fromkeys(("shop.test", "www.shop.test", "shop.de", "www.shop.de"), shop),
        **dict.fromkeys(("admin.shop.test", "db.shop.test"), admin),
    }


def test_the_shop_is_reached_through_its_cache_and_the_admin_area_is_not(ways):
    graph = ways.behind(ways.ingress, changes={"frontendCache": {"mode": "varnish"}})
    assert rules(graph)["shop.test"]["name"] == "frontend-cache"
    assert rules(graph)["admin.shop.test"]["name"] == "admin"
    assert peers(graph, "edge-frontend-cache") == [namespace("traefik")]
    assert "edge-storefront" not in {r.name for r in graph.of("NetworkPolicy")}


@pytest.mark.parametrize(
    ("mode", "scheme"), [("none", "http"), ("elsewhere", "https"), ("secret", "https")]
)
def test_addresses_say_how_visitors_come(ways, monkeypatch, mode, scheme):
    shown = {}
    monkeypatch.setattr(
        pulumi,
        "export",
        lambda name, value: pulumi.Output.from_input(value).apply(
            lambda known: shown.update({name: known})
        ),
    )
    ways.behind(ways.ingress, ways.secret if mode == "secret" else {"mode": mode})
    assert shown["shopUrl"] == f"{scheme}://shop.test/"
    assert shown["adminUrl"] == f"{scheme}://admin.shop.test/backoffice/"


def test_an_ingress_has_no_annotation_of_any_controller(ways):
    metadata = plain(ways.behind(ways.ingress).one("Ingress", "edge-traefik").inputs)["metadata"]
    assert "annotations" not in metadata


def test_an_ingress_ends_tls_for_every_host(ways):
    graph = ways.behind(ways.ingress, changes=HOSTS)
    made = spec(graph.one("Ingress", "edge-traefik"))
    assert made["ingressClassName"] == "traefik"
    assert made["tls"] == [{"hosts": list(rules(graph)), "secretName": "shop-tls"}]


@pytest.mark.parametrize("mode", ["none", "elsewhere"])
def test_an_ingress_without_a_certificate_ends_no_tls(ways, mode):
    graph = ways.behind(ways.ingress, {"mode": mode})
    assert "tls" not in spec(graph.one("Ingress", "edge-traefik"))


def test_a_load_balancer_leads_to_the_pods_that_end_tls(ways):
    graph = ways.behind(ways.load_balancer, changes=ways.terminator)
    made = spec(graph.one("Service", "edge-load-balancer"))
    assert made["type"] == "LoadBalancer"
    assert made["externalTrafficPolicy"] == "Local"
    assert made["selector"]["app.kubernetes.io/instance"] == "frontend-cache"
    assert [(p["port"], p["targetPort"]) for p in made["ports"]] == [(80, 8080), (443, 8443)]
    assert "loadBalancerSourceRanges" not in made


def test_a_load_balancer_lets_anywhere_to_the_terminator_and_nowhere_else(ways):
    graph = ways.behind(ways.load_balancer, changes=ways.terminator)
    anywhere = [{"ipBlock": {"cidr": cidr}} for cidr in ("0.0.0.0/0", "::/0")]
    assert peers(graph, "edge-terminator") == anywhere
    policy = spec(graph.one("NetworkPolicy", "edge-terminator"))
    assert policy["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "frontend-cache"
    assert [p["port"] for p in policy["ingress"][0]["ports"]] == [8080, 8443]
    names = {r.name for r in graph.of("NetworkPolicy")}
    assert not {"edge-storefront", "edge-admin"} & names


def test_a_load_balancer_is_what_the_provider_is_told(ways):
    way = {
        **ways.load_balancer,
        "className": "inside",
        "annotations": {"example.com/size": "small"},
        "sourceRanges": ["192.0.2.0/24"],
    }
    graph = ways.behind(way, changes=ways.terminator)
    made = graph.one("Service", "edge-load-balancer")
    assert plain(made.inputs)["metadata"]["annotations"] == {"example.com/size": "small"}
    assert spec(made)["loadBalancerClass"] == "inside"
    assert spec(made)["loadBalancerSourceRanges"] == ["192.0.2.0/24"]
    assert peers(graph, "edge-terminator") == [{"ipBlock": {"cidr": "192.0.2.0/24"}}]


def test_no_edge_makes_no_way_in_but_lets_the_others_to_the_pods(ways):
    graph = ways.behind(ways.none, {"mode": "elsewhere"})
    assert doors(graph) == {}
    for workload in ("storefront", "admin"):
        assert peers(graph, f"edge-{workload}") == [namespace("proxies")]


def test_no_edge_before_a_terminator_lets_the_others_to_it(ways):
    graph = ways.behind(ways.none, changes=ways.terminator)
    assert peers(graph, "edge-terminator") == [namespace("proxies")]


MOVES = [
    ("ingress", "own"),
    ("own", "ingress"),
    ("shared", "own"),
    ("own", "shared"),
    ("existing", "shared"),
    ("ingress", "existing"),
    ("ingress", "load_balancer"),
    ("load_balancer", "own"),
    ("none", "ingress"),
]


@pytest.mark.parametrize(("former", "new"), MOVES)
def test_a_move_touches_nothing_that_serves(ways, former, new):
    def alone(name):
        tls = {"mode": "elsewhere"} if name in {"existing", "none"} else ways.secret
        changes = ways.terminator if name == "load_balancer" else {}
        return doors(ways.behind(getattr(ways, name), tls, changes))

    both = ways.terminator if "load_balancer" in {former, new} else {}
    old, target = getattr(ways, former), getattr(ways, new)
    before, after = alone(former), alone(new)
    during = doors(ways.behind(target, ways.secret, both, former=old))
    assert before.items() <= during.items()
    assert after.items() <= during.items()
    assert during == {**before, **after}


def test_the_namespace_has_room_for_the_load_balancers_of_both_ways(ways):
    other = {**ways.own, "parent": {"mode": "own", "className": "other"}}

    def room(way, former, changes=None):
        graph = ways.behind(way, changes=changes, former=former)
        hard = spec(graph.one("ResourceQuota", "tenant-quota"))["hard"]
        return hard["services.loadbalancers"], hard["services.nodeports"]

    assert room(ways.own, None) == ("1", "4")
    assert room(other, ways.own) == ("2", "8")
    assert room(ways.own, ways.load_balancer, ways.terminator) == ("2", "6")
    assert room(ways.ingress, ways.own) == ("1", "4")
    assert room(ways.ingress, None) == ("0", "0")


def test_two_classes_of_ingress_serve_side_by_side(ways):
    graph = ways.behind({**ways.ingress, "className": "haproxy"}, former=ways.ingress)
    assert rules(graph, "edge-haproxy") == rules(graph, "edge-traefik")


def test_both_controllers_reach_the_pods_during_a_move(ways):
    graph = ways.behind(ways.shared, former=ways.ingress)
    for workload in ("storefront", "admin"):
        assert peers(graph, f"edge-{workload}") == [namespace("gateways"), namespace("traefik")]


def test_a_controller_that_serves_both_is_let_in_once(ways):
    graph = ways.behind({**ways.shared, "controllerNamespace": "traefik"}, former=ways.ingress)
    assert peers(graph, "edge-admin") == [namespace("traefik")]


def test_controllers_go_past_a_terminator_during_a_move(ways):
    graph = ways.behind(ways.ingress, changes=ways.terminator, former=ways.load_balancer)
    assert rules(graph)["shop.test"]["name"] == "storefront"
    assert peers(graph, "edge-storefront") == [namespace("traefik")]
