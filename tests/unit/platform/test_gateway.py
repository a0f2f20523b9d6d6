"""The way into the cluster, and who signs certificates."""

import pytest

from tests.unit.platform.harness import deploy, spec, values

SHOPS = {
    "namespaces": {
        "from": "Selector",
        "selector": {"matchLabels": {"app.kubernetes.io/part-of": "openmage"}},
    }
}
CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def _traefik(**changes):
    return deploy({"gateway": {"controller": "traefik", **changes}})


def _envoy(**changes):
    return deploy({"gateway": {"controller": "envoy", **changes}})


def _issuer(solver, **changes):
    issuer = {"name": "one", "email": "ops@example.com", "solver": solver, **changes}
    parts = {"enabled": True, "gatewayApi": True, "issuers": [issuer]}
    return spec(deploy({"certManager": parts}), "ClusterIssuer", "cert-manager-one")["acme"]


def test_traefik_listens_on_the_ports_that_a_gateway_names():
    told = values(_traefik(), "gateway")
    assert (told["ports"]["web"]["port"], told["ports"]["websecure"]["port"]) == (80, 443)
    sysctls = {it["name"]: it["value"] for it in told["podSecurityContext"]["sysctls"]}
    assert sysctls == {"net.ipv4.ip_unprivileged_port_start": "0"}


def test_traefik_shows_nothing_of_its_own_and_calls_nobody():
    told = values(_traefik(), "gateway")
    assert told["api"] == {"dashboard": False}
    assert told["providers"]["kubernetesCRD"] == {"enabled": False}
    assert told["global"] == {"checkNewVersion": False, "sendAnonymousUsage": False}


def test_traefik_serves_ingresses_and_gateways_of_one_class():
    graph = _traefik(className="public")
    told = values(graph, "gateway")
    assert told["ingressClass"] == {"enabled": True, "isDefaultClass": False, "name": "public"}
    assert told["providers"]["kubernetesGateway"]["enabled"] is True
    found = graph.one("GatewayClass", "gateway-class").inputs
    assert found["metadata"]["name"] == "public"
    assert found["spec"] == {"controllerName": "traefik.io/gateway-controller"}


def test_envoys_pods_are_told_by_its_class():
    graph = _envoy(replicas=3, loadBalancer={"annotations": {"a/b": "c"}})
    reference = spec(graph, "GatewayClass", "gateway-class")["parametersRef"]
    proxy = graph.one("EnvoyProxy", "gateway-proxy").inputs
    assert reference["name"] == proxy["metadata"]["name"]
    assert reference["namespace"] == proxy["metadata"]["namespace"] == "envoy-gateway-system"
    told = proxy["spec"]["provider"]["kubernetes"]
    assert told["envoyDeployment"]["replicas"] == 3
    assert told["envoyService"]["annotations"] == {"a/b": "c"}
    assert told["envoyPDB"] == {"maxUnavailable": 1}


@pytest.mark.parametrize("controller", ["traefik", "envoy"])
def test_shops_see_the_address_of_their_visitor(controller):
    assert _service(controller, {})["externalTrafficPolicy"] == "Local"


@pytest.mark.parametrize("controller", ["traefik", "envoy"])
def test_the_world_can_be_kept_out(controller):
    assert "loadBalancerSourceRanges" not in _service(controller, {})
    closed = _service(controller, {"sourceRanges": ["192.0.2.0/24"]})
    assert closed["loadBalancerSourceRanges"] == ["192.0.2.0/24"]


@pytest.mark.parametrize("controller", ["traefik", "envoy"])
def test_a_cluster_without_load_balancers_waits_for_none(controller):
    service = _service(controller, {"type": "ClusterIP"})
    assert service == {"type": "ClusterIP"}


def _service(controller, load_balancer):
    if controller == "traefik":
        return values(_traefik(loadBalancer=load_balancer), "gateway")["service"]["spec"]
    proxy = spec(_envoy(loadBalancer=load_balancer), "EnvoyProxy", "gateway-proxy")
    return proxy["provider"]["kubernetes"]["envoyService"]


def test_a_shared_gateway_admits_shops_only():
    gateway = spec(_traefik(shared={}), "Gateway", "shared-gateway")
    [http] = gateway["listeners"]
    assert (http["port"], http["protocol"], http["allowedRoutes"]) == (80, "HTTP", SHOPS)
    assert "allowedListeners" not in gateway


def test_the_shops_own_namespaces_are_admitted():
    from tests.harness import deploy as deploy_shop

    [namespace] = deploy_shop().of("Namespace")
    label = SHOPS["namespaces"]["selector"]["matchLabels"]
    assert label.items() <= namespace.inputs["metadata"]["labels"].items()


def test_the_answer_to_http_01_is_admitted_from_the_controllers_namespace():
    graph = _envoy(shared={})
    labels = graph.one("Namespace", "gateway").inputs["metadata"]["labels"]
    assert labels["app.kubernetes.io/part-of"] == "openmage"


def test_shops_bring_listeners_where_that_is_wanted():
    gateway = spec(_envoy(shared={"listenerSets": True}), "Gateway", "shared-gateway")
    assert gateway["allowedListeners"] == SHOPS


def test_cert_manager_serves_listener_sets_with_them():
    parts = {
        "certManager": {"enabled": True},
        "gateway": {"controller": "envoy", "shared": {"listenerSets": True}},
    }
    config = values(deploy(parts), "cert-manager")["config"]
    assert config["gatewayAPI"] == {"enabled": True, "enableListenerSet": True}
    assert config["featureGates"] == {"ListenerSets": True}


def test_a_listener_for_https_has_a_certificate():
    solver = {"mode": "dns-01", "provider": "route53", "config": {"region": "eu-central-1"}}
    issuer = {"name": "dns", "email": "ops@example.com", "solver": solver}
    listener = {"name": "previews", "hostname": "*.preview.example.com", "issuer": "dns"}
    graph = deploy(
        {
            "certManager": {"enabled": True, "issuers": [issuer]},
            "gateway": {"controller": "traefik", "shared": {"listeners": [listener]}},
        }
    )
    _, https = spec(graph, "Gateway", "shared-gateway")["listeners"]
    certificate = spec(graph, "Certificate", "shared-gateway-previews")
    assert https["name"] == "previews"
    assert https["hostname"] == "*.preview.example.com"
    assert https["allowedRoutes"] == SHOPS
    assert https["tls"]["certificateRefs"] == [{"name": certificate["secretName"]}]
    assert certificate["dnsNames"] == ["*.preview.example.com"]
    assert certificate["issuerRef"] == {"kind": "ClusterIssuer", "name": "dns"}


def test_cert_manager_leaves_the_gateway_api_alone_where_there_is_none():
    assert "config" not in values(deploy({"certManager": {"enabled": True}}), "cert-manager")


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("staging", "https://acme-staging-v02.api.letsencrypt.org/directory"),
        ("production", "https://acme-v02.api.letsencrypt.org/directory"),
        ("https://ca.example.com/acme/directory", "https://ca.example.com/acme/directory"),
    ],
)
def test_an_issuer_asks_the_server_that_is_named(server, address):
    acme = _issuer({"mode": "http-01-ingress", "className": "traefik"}, server=server)
    assert acme["server"] == address
    assert acme["email"] == "ops@example.com"
    assert acme["privateKeySecretRef"] == {"name": "one-account"}
    assert acme["solvers"] == [{"http01": {"ingress": {"ingressClassName": "traefik"}}}]


def test_an_issuer_asks_staging_unless_it_is_told_otherwise():
    acme = _issuer({"mode": "http-01-ingress", "className": "traefik"})
    assert "staging" in acme["server"]


def test_another_server_may_have_an_authority_of_its_own():
    from base64 import b64decode

    solver = {"mode": "http-01-ingress", "className": "traefik"}
    acme = _issuer(solver, server="https://ca.example.com/directory", ca=CA)
    assert b64decode(acme["caBundle"]).decode() == CA


def test_http_01_goes_through_the_gateway_that_is_named():
    acme = _issuer({"mode": "http-01-gateway", "name": "shared", "namespace": "traefik"})
    parent = {"kind": "Gateway", "name": "shared", "namespace": "traefik"}
    assert acme["solvers"] == [{"http01": {"gatewayHTTPRoute": {"parentRefs": [parent]}}}]


def test_dns_01_passes_the_providers_configuration_through():
    config = {"nameserver": "192.0.2.53:53", "nested": {"list": ["a", {"b": 1}]}}
    solver = {"mode": "dns-01", "provider": "rfc2136", "config": config, "zones": ["example.com"]}
    acme = _issuer(solver)
    assert acme["solvers"] == [
        {"dns01": {"rfc2136": config}, "selector": {"dnsZones": ["example.com"]}}
    ]


def test_an_issuer_is_ready_before_anything_relies_on_it():
    solver = {"mode": "http-01-ingress", "className": "traefik"}
    issuer = {"name": "one", "email": "ops@example.com", "solver": solver}
    graph = deploy({"certManager": {"enabled": True, "issuers": [issuer]}})
    annotations = graph.one("ClusterIssuer", "cert-manager-one").inputs["metadata"]["annotations"]
    assert annotations["pulumi.com/waitFor"] == "condition=Ready"
