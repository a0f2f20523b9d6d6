"""Claims about a way in by the Gateway API."""

import pytest

from components.edge.gateway import accepted
from tests.harness import plain, spec

MANY = {"hosts": {"shop": [f"shop{n}.test" for n in range(40)]}}
WAIT = "pulumi.com/waitFor"


@pytest.fixture(scope="module")
def own(ways):
    return ways.behind(ways.own)


def routes(graph):
    return {r.name: spec(r) for r in graph.of("HTTPRoute")}


def parents(route):
    return [(p["kind"], p["name"], p.get("sectionName")) for p in route["parentRefs"]]


def waits(graph):
    return {
        r.name: plain(r.inputs)["metadata"].get("annotations", {}).get(WAIT)
        for r in graph.of("HTTPRoute")
    }


def test_the_shops_own_gateway_listens_for_http_and_https(own):
    made = spec(own.one("Gateway", "edge-public"))
    assert made["gatewayClassName"] == "public"
    assert [(x["name"], x["protocol"], x["port"]) for x in made["listeners"]] == [
        ("http", "HTTP", 80),
        ("https", "HTTPS", 443),
    ]
    assert made["listeners"][1]["tls"] == {
        "mode": "Terminate",
        "certificateRefs": [{"kind": "Secret", "name": "shop-tls"}],
    }


def test_shop_and_admin_area_are_reached_by_https_only(own):
    made = routes(own)
    for name, host, service in (
        ("edge-public-shop", "shop.test", "storefront"),
        ("edge-public-admin", "admin.shop.test", "admin"),
    ):
        assert made[name]["hostnames"] == [host]
        assert parents(made[name]) == [("Gateway", "edge-public", "https")]
        assert made[name]["rules"][0]["backendRefs"] == [{"name": service, "port": 80}]


def test_whoever_comes_by_http_is_sent_to_https_and_nowhere_else(own):
    redirect = routes(own)["edge-public-redirect"]
    assert parents(redirect) == [("Gateway", "edge-public", "http")]
    assert redirect["hostnames"] == ["shop.test", "admin.shop.test"]
    [rule] = redirect["rules"]
    assert rule["filters"] == [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ]
    assert "backendRefs" not in rule
    # An exact path, such as that of a certificate authority's question, goes before a prefix.
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]


def test_without_tls_the_shop_is_served_over_http_and_nothing_is_redirected(ways):
    graph = ways.behind(ways.own, {"mode": "none"})
    assert [x["name"] for x in spec(graph.one("Gateway", "edge-public"))["listeners"]] == ["http"]
    assert {name: parents(route) for name, route in routes(graph).items()} == {
        "edge-public-shop": [("Gateway", "edge-public", "http")],
        "edge-public-admin": [("Gateway", "edge-public", "http")],
    }


def test_tls_that_ends_before_the_gateway_redirects_nothing(ways):
    graph = ways.behind(ways.own, {"mode": "elsewhere"})
    assert "edge-public-redirect" not in routes(graph)


def test_the_gateway_gives_up_later_than_php(ways):
    graph = ways.behind(ways.own, changes={"web": {"admin": {"requestTimeoutSeconds": 300}}})
    [rule] = routes(graph)["edge-public-admin"]["rules"]
    assert rule["timeouts"] == {"request": "310s"}


def test_a_controller_that_knows_no_timeouts_is_not_asked_for_them(ways):
    graph = ways.behind({**ways.own, "timeouts": False})
    assert all("timeouts" not in rule for r in routes(graph).values() for rule in r["rules"])


def test_more_hosts_than_a_route_takes_are_split(ways):
    made = routes(ways.behind(ways.own, changes=MANY))
    shop = [made[f"edge-public-shop{n}"]["hostnames"] for n in ("", "-2", "-3")]
    assert [len(hosts) for hosts in shop] == [16, 16, 8]
    assert [host for hosts in shop for host in hosts] == MANY["hosts"]["shop"]
    assert max(len(route["hostnames"]) for route in made.values()) == 16


def test_ports_and_annotations_are_the_controllers(ways):
    parent = {
        **ways.own["parent"],
        "httpPort": 8000,
        "httpsPort": 8443,
        "annotations": {"example.com/zone": "a"},
    }
    graph = ways.behind({**ways.own, "parent": parent})
    made = spec(graph.one("Gateway", "edge-public"))
    assert [x["port"] for x in made["listeners"]] == [8000, 8443]
    assert made["infrastructure"] == {"annotations": {"example.com/zone": "a"}}


def test_a_shared_gateway_gets_listeners_for_the_shops_hosts_only(ways):
    graph = ways.behind(ways.shared)
    made = spec(graph.one("ListenerSet", "edge-set-infra-shared"))
    assert made["parentRef"]["name"] == "shared"
    assert made["parentRef"]["namespace"] == "infra"
    assert {(x["name"], x["hostname"]) for x in made["listeners"]} == {
        (f"{scheme}-{host}", host)
        for scheme in ("http", "https")
        for host in ("shop.test", "admin.shop.test")
    }
    assert graph.of("Gateway") == []


def test_routes_name_each_listener_of_the_set(ways):
    made = routes(ways.behind(ways.shared))
    assert parents(made["edge-set-infra-shared-admin"]) == [
        ("ListenerSet", "edge-set-infra-shared", "https-admin.shop.test")
    ]
    assert parents(made["edge-set-infra-shared-redirect"]) == [
        ("ListenerSet", "edge-set-infra-shared", "http-shop.test"),
        ("ListenerSet", "edge-set-infra-shared", "http-admin.shop.test"),
    ]


def test_no_set_has_more_listeners_than_it_may_and_no_route_misses_its_own(ways):
    graph = ways.behind(ways.shared, changes=MANY)
    sets = {r.name: {x["name"] for x in spec(r)["listeners"]} for r in graph.of("ListenerSet")}
    assert sorted(len(names) for names in sets.values()) == [18, 64]
    for route in routes(graph).values():
        assert len(route["parentRefs"]) <= 32
        assert all(section in sets[name] for _, name, section in parents(route))


def test_existing_listeners_are_used_as_they_are(ways):
    graph = ways.behind(ways.existing, {"mode": "elsewhere"})
    made = routes(graph)
    assert graph.of("Gateway") + graph.of("ListenerSet") == []
    assert parents(made["edge-on-infra-shared-shop"]) == [("Gateway", "shared", "https")]
    assert parents(made["edge-on-infra-shared-redirect"]) == [("Gateway", "shared", "http")]
    assert made["edge-on-infra-shared-shop"]["parentRefs"][0]["namespace"] == "infra"


def test_without_tls_existing_listeners_serve_over_http(ways):
    made = routes(ways.behind(ways.existing, {"mode": "none"}))
    assert parents(made["edge-on-infra-shared-shop"]) == [("Gateway", "shared", "http")]
    assert "edge-on-infra-shared-redirect" not in made


@pytest.mark.parametrize(
    ("sections", "serving", "redirects"),
    [
        ({"httpSection": None}, "https", False),
        ({"httpsSection": None}, "http", False),
        ({"httpSection": "web", "httpsSection": "secure"}, "secure", True),
    ],
)
def test_a_gateway_with_one_listener_will_do(ways, sections, serving, redirects):
    parent = {**ways.existing["parent"], **sections}
    made = routes(ways.behind({**ways.existing, "parent": parent}, {"mode": "elsewhere"}))
    assert parents(made["edge-on-infra-shared-shop"]) == [("Gateway", "shared", serving)]
    assert ("edge-on-infra-shared-redirect" in made) == redirects


def test_every_route_is_awaited_at_each_of_its_listeners(ways):
    graph = ways.behind(ways.shared, changes=MANY)
    assert waits(graph) == {
        name: accepted(len(route["parentRefs"])) for name, route in routes(graph).items()
    }


def test_what_is_awaited_has_one_equals_sign_for_values_and_no_blanks():
    # Pulumi splits at a single = and cannot read blanks around &&.
    text = accepted(2).removeprefix("jsonpath=")
    assert "=" not in text.replace("==", "")
    assert " " not in text
    assert text.endswith("])>3]}")


def test_routes_to_https_are_not_awaited_while_their_certificate_is_to_come(ways):
    found = waits(ways.behind(ways.own, ways.issued()))
    assert found["edge-public-redirect"] == accepted(1)
    assert found["edge-public-shop"] is None
    assert found["edge-public-admin"] is None


def test_the_gateway_is_there_before_its_routes(own):
    for route in own.of("HTTPRoute"):
        assert any(urn.endswith("Gateway::edge-public") for urn in route.depends_on)


def test_only_the_controllers_pods_reach_the_shop(own):
    for workload in ("storefront", "admin"):
        [rule] = spec(own.one("NetworkPolicy", f"edge-{workload}"))["ingress"]
        assert rule["ports"] == [{"protocol": "TCP", "port": 8080}]
        assert rule["from"] == [
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateways"}}},
            {
                "podSelector": {
                    "matchLabels": {"gateway.networking.k8s.io/gateway-name": "edge-public"}
                }
            },
        ]


def test_pods_of_the_gateway_may_work_in_the_shops_namespace(own):
    made = spec(own.one("NetworkPolicy", "edge-public-pods"))
    assert made["podSelector"]["matchLabels"] == {
        "gateway.networking.k8s.io/gateway-name": "edge-public"
    }
    assert made["ingress"] == [{}]
    # Never everywhere: an entry without `to` would be that.
    assert all(rule["to"] for rule in made["egress"])
    instances = [
        rule["to"][0]["podSelector"]["matchLabels"].get("app.kubernetes.io/instance")
        for rule in made["egress"]
        if "podSelector" in rule["to"][0]
    ]
    assert instances == ["storefront", "admin", None]


def test_a_shared_gateway_has_no_pods_in_the_shops_namespace(ways):
    names = {r.name for r in ways.behind(ways.shared).of("NetworkPolicy")}
    assert not {name for name in names if name.endswith("-pods")}
