"""Claims about the certificate that browsers see."""

import base64

import pytest

from offline.graph import Secret
from tests.harness import plain, spec

WAIT = "pulumi.com/waitFor"
NAMED = {"mode": "named", "name": "public-dns"}
PEM = {
    "tlsCertificate": "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
    "tlsPrivateKey": "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n",
}


def made(graph, kind):
    """Return the one object of a kind that cert-manager reads."""
    [found] = [r for r in graph.of(kind) if r.type.startswith("kubernetes:cert-manager.io/")]
    return found


def annotations(resource):
    return plain(resource.inputs)["metadata"].get("annotations", {})


def solver(graph):
    [found] = spec(made(graph, "Issuer"))["acme"]["solvers"]
    return found["http01"]


@pytest.fixture(scope="module")
def ingress(ways):
    return ways.behind(ways.ingress, ways.issued())


def test_the_certificate_names_every_host_and_is_what_the_edge_shows(ways):
    hosts = {"hosts": {"shop": ["shop.test", "www.shop.test"]}}
    graph = ways.behind(ways.ingress, ways.issued(), changes=hosts)
    certificate = spec(made(graph, "Certificate"))
    assert certificate["dnsNames"] == ["shop.test", "www.shop.test", "admin.shop.test"]
    [tls] = spec(graph.one("Ingress", "edge-traefik"))["tls"]
    assert tls["secretName"] == certificate["secretName"]
    assert tls["hosts"] == certificate["dnsNames"]


def test_a_secret_that_is_there_is_taken_over(ways):
    tls = ways.issued(secretName="bought-tls")
    graph = ways.behind(ways.ingress, tls)
    assert spec(made(graph, "Certificate"))["secretName"] == "bought-tls"
    [shown] = spec(graph.one("Ingress", "edge-traefik"))["tls"]
    assert shown["secretName"] == "bought-tls"


def test_names_of_the_customers_choice_take_the_place_of_the_hosts(ways):
    tls = ways.issued(NAMED, names=["*.shop.test", "shop.test"])
    certificate = spec(made(ways.behind(ways.ingress, tls), "Certificate"))
    assert certificate["dnsNames"] == ["*.shop.test", "shop.test"]


def test_a_named_issuer_is_used_and_none_is_made(ways):
    graph = ways.behind(ways.ingress, ways.issued({**NAMED, "kind": "Issuer"}))
    assert spec(made(graph, "Certificate"))["issuerRef"] == {
        "group": "cert-manager.io",
        "kind": "Issuer",
        "name": "public-dns",
    }
    assert graph.of("Issuer") == []
    assert "certificate-solver" not in {r.name for r in graph.of("NetworkPolicy")}


def test_the_shops_own_issuer_has_an_account_of_its_own(ingress):
    issuer = made(ingress, "Issuer")
    acme = spec(issuer)["acme"]
    assert acme["email"] == "shop@shop.test"
    assert acme["server"] == "https://acme.test/dir"
    assert acme["privateKeySecretRef"] == {"name": f"{issuer.name}-account"}
    assert spec(made(ingress, "Certificate"))["issuerRef"]["name"] == issuer.name


def test_another_server_is_another_issuer_so_that_the_certificate_is_asked_for_anew(ways):
    names = set()
    for server in ("staging", "https://acme.test/dir"):
        hosts = {"hosts": {"shop": ["shop.example.com"], "admin": "admin.example.com"}}
        issuer = {**ways.http_01, "server": server}
        graph = ways.behind(ways.ingress, ways.issued(issuer), changes=hosts)
        names.add(made(graph, "Issuer").name)
    assert len(names) == 2


@pytest.mark.parametrize(
    ("environment", "server", "host"),
    [
        ("staging", "staging", "acme-staging-v02.api.letsencrypt.org"),
        ("staging", "production", "acme-v02.api.letsencrypt.org"),
    ],
)
def test_lets_encrypts_servers_are_known_by_name(ways, environment, server, host):
    changes = {
        "environment": environment,
        "hosts": {"shop": ["shop.example.com"], "admin": "admin.example.com"},
    }
    tls = ways.issued({**ways.http_01, "server": server})
    graph = ways.behind(ways.ingress, tls, changes=changes)
    assert spec(made(graph, "Issuer"))["acme"]["server"] == f"https://{host}/directory"


def test_a_private_servers_authority_is_handed_over_as_cert_manager_reads_it(ways):
    issuer = {**ways.http_01, "ca": PEM["tlsCertificate"]}
    bundle = spec(made(ways.behind(ways.ingress, ways.issued(issuer)), "Issuer"))["acme"]
    assert base64.b64decode(bundle["caBundle"]).decode() == PEM["tlsCertificate"]


def test_questions_come_in_where_visitors_do(ways, ingress):
    assert solver(ingress)["ingress"]["ingressClassName"] == "traefik"
    for way, references in (
        (ways.own, [("Gateway", "edge-public", None, "http")]),
        (ways.shared, [("ListenerSet", "edge-set-infra-shared", None, None)]),
    ):
        route = solver(ways.behind(way, ways.issued()))["gatewayHTTPRoute"]
        found = [
            (r["kind"], r["name"], r.get("namespace"), r.get("sectionName"))
            for r in route["parentRefs"]
        ]
        assert found == references


def test_in_a_move_to_existing_listeners_questions_come_by_their_http(ways):
    way = {**ways.existing, "parent": {**ways.existing["parent"], "httpSection": "web"}}
    graph = ways.behind(way, ways.issued(), former=ways.ingress)
    [ref] = solver(graph)["gatewayHTTPRoute"]["parentRefs"]
    assert (ref["name"], ref["namespace"], ref["sectionName"]) == ("shared", "infra", "web")


@pytest.mark.parametrize("way", ["ingress", "own"])
def test_the_pods_that_answer_fit_into_the_namespace(ways, way):
    [answering] = solver(ways.behind(getattr(ways, way), ways.issued())).values()
    # The quota counts every node port, and refuses pods that say no amounts.
    assert answering["serviceType"] == "ClusterIP"
    resources = answering["podTemplate"]["spec"]["resources"]
    assert resources["requests"]["cpu"]
    assert resources["limits"]["memory"]


def test_the_pods_that_answer_run_where_the_storefront_does(ways):
    placement = {
        "nodeSelector": {"pool": "shops"},
        "tolerations": [{"key": "pool", "value": "shops"}],
        "priorityClass": "shops",
    }
    changes = {"web": {"storefront": {"placement": placement}}}
    for way in (ways.ingress, ways.own):
        [answering] = solver(ways.behind(way, ways.issued(), changes)).values()
        pod = answering["podTemplate"]["spec"]
        assert pod["nodeSelector"] == {"pool": "shops"}
        assert pod["tolerations"] == [{"key": "pool", "operator": "Equal", "value": "shops"}]
        assert pod["priorityClassName"] == "shops"


def test_only_the_controller_reaches_the_pods_that_answer(ingress):
    policy = spec(ingress.one("NetworkPolicy", "certificate-solver"))
    assert policy["podSelector"]["matchLabels"] == {"acme.cert-manager.io/http01-solver": "true"}
    [rule] = policy["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 8089}]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "traefik"}}}
    ]


def test_pulumi_waits_for_the_account_but_not_for_the_certificate(ingress):
    assert annotations(made(ingress, "Issuer")) == {WAIT: "condition=Ready"}
    assert annotations(made(ingress, "Certificate")) == {}


def test_pods_that_end_tls_wait_for_their_certificate(ways):
    graph = ways.behind(ways.load_balancer, ways.issued(NAMED), changes=ways.terminator)
    assert annotations(made(graph, "Certificate")) == {WAIT: "condition=Ready"}


def test_nothing_waits_for_http_01_before_the_edge_is_there(ways):
    graph = ways.behind(
        ways.ingress, ways.issued(), changes=ways.terminator, former=ways.load_balancer
    )
    assert annotations(made(graph, "Certificate")) == {}


def test_neither_ingress_nor_gateway_asks_cert_manager_for_a_second_certificate(ways, ingress):
    gateway = ways.behind(ways.own, ways.issued())
    doors = [ingress.one("Ingress", "edge-traefik"), gateway.one("Gateway", "edge-public")]
    assert [annotations(door) for door in doors] == [{}, {}]


def test_a_given_certificate_is_a_secret_of_its_kind(ways):
    graph = ways.behind(ways.own, {"mode": "certificate"}, secrets=PEM)
    secret = graph.one("Secret", "certificate")
    assert isinstance(secret.inputs["stringData"], Secret)
    inputs = plain(secret.inputs)
    assert inputs["type"] == "kubernetes.io/tls"
    assert inputs["stringData"] == {
        "tls.crt": PEM["tlsCertificate"],
        "tls.key": PEM["tlsPrivateKey"],
    }
    # A new certificate gets a new name: the old one serves until the edge has changed over.
    assert "name" not in inputs["metadata"]


@pytest.mark.parametrize("mode", ["none", "elsewhere"])
def test_where_nothing_of_the_shop_ends_tls_there_is_no_certificate(ways, mode):
    graph = ways.behind(ways.ingress, {"mode": mode})
    assert graph.children_of("certificate") == []
