"""What a platform's stack file must not say: each mistake with its place, reason and fix."""

import pulumi
import pytest
import yaml

from choices.load import KEY
from stackfile.report import dotted
from tests import cases
from tests.unit.platform.harness import CLUSTER, accepted, deploy, refusal

CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
INGRESS = {"mode": "http-01-ingress", "className": "traefik"}
GATEWAY = {"mode": "http-01-gateway", "name": "shared", "namespace": "traefik"}
DNS = {
    "mode": "dns-01",
    "provider": "cloudflare",
    "config": {"apiTokenSecretRef": {"name": "dns-token", "key": "token"}},
}


def _issuer(solver, name="one", **changes):
    return {"name": name, "email": "ops@example.com", "solver": solver, **changes}


def _cert(*issuers, **changes):
    return {"enabled": True, "issuers": list(issuers), **changes}


def _write(parts):
    return yaml.safe_dump({"config": {KEY: {**CLUSTER, **parts}}}, sort_keys=False)


CASES = [
    (
        "a misspelt part",
        {"certmanager": {"enabled": True}},
        "certmanager",
        "not a known setting",
        "did you mean certManager?",
    ),
    (
        "a misspelt key of a part",
        {"monitoring": {"retentiondays": 3}},
        "monitoring.retentiondays",
        "not a known setting",
        "did you mean retentionDays?",
    ),
    (
        "text for a truth value",
        {"metricsServer": {"enabled": "yes"}},
        "metricsServer.enabled",
        "valid boolean",
        "true or false",
    ),
    (
        "a number out of range",
        {"monitoring": {"retentionDays": 0}},
        "monitoring.retentionDays",
        "greater than or equal to 1",
        "docs/platform-settings.md",
    ),
    (
        "a list for a mapping",
        {"logs": {"destination": "loki", "host": "loki", "values": [1]}},
        "logs.values",
        "valid dictionary",
        "write a mapping",
    ),
    (
        "an unmaintained controller",
        {"gateway": {"controller": "ingress-nginx"}},
        "gateway.controller",
        "not one of the choices",
        "use none, traefik, envoy",
    ),
    (
        "a way in without a controller",
        {"gateway": {"replicas": 2}},
        "gateway.controller",
        "required and missing",
        "choose one",
    ),
    (
        "a destination that is not known",
        {"logs": {"destination": "splunk", "host": "x"}},
        "logs.destination",
        "not one of the choices",
        "use none, graylog, elasticsearch, opensearch, loki",
    ),
    (
        "a destination without a host",
        {"logs": {"destination": "graylog"}},
        "logs.host",
        "required and missing",
        "add it",
    ),
    (
        "a key of another destination",
        {"logs": {"destination": "graylog", "host": "x", "tenant": "y"}},
        "logs.tenant",
        "belongs to another choice",
        "remove it",
    ),
    (
        "a volume of no size that Kubernetes knows",
        {"monitoring": {"storage": {"size": "20GB"}}},
        "monitoring.storage.size",
        "not a memory quantity",
        "512Mi",
    ),
    (
        "an issuer without an address",
        {"certManager": _cert({"name": "one", "solver": INGRESS})},
        "certManager.issuers[0].email",
        "required and missing",
        "add it",
    ),
    (
        "an issuer with a wrong address",
        {"certManager": _cert(_issuer(INGRESS, email="ops"))},
        "certManager.issuers[0].email",
        "not an e-mail address",
        "shop@example.com",
    ),
    (
        "an issuer of no server",
        {"certManager": _cert(_issuer(INGRESS, server="letsencrypt"))},
        "certManager.issuers[0].server",
        "not an ACME server",
        "staging, production",
    ),
    (
        "a solver that is not known",
        {"certManager": _cert(_issuer({"mode": "tls-alpn-01"}))},
        "certManager.issuers[0].solver.mode",
        "not one of the choices",
        "http-01-ingress, http-01-gateway, dns-01",
    ),
    (
        "a provider that cert-manager does not know",
        {"certManager": _cert(_issuer({**DNS, "provider": "godaddy"}))},
        "certManager.issuers[0].solver.provider",
        "not one of the choices",
        "cloudflare",
    ),
    (
        "two issuers of one name",
        {"certManager": _cert(_issuer(INGRESS), _issuer(DNS))},
        "certManager.issuers[1].name",
        "already used",
        "rename one",
    ),
    (
        "issuers without cert-manager",
        {"certManager": {"issuers": [_issuer(INGRESS)]}},
        "certManager.enabled",
        "cert-manager is off",
        "set it to true",
    ),
    (
        "an answer through a Gateway that cert-manager does not serve",
        {"certManager": _cert(_issuer(GATEWAY))},
        "certManager.issuers[0].solver.mode",
        "Gateway API support is off",
        "certManager.gatewayApi",
    ),
    (
        "an answer through an Ingress that Envoy does not serve",
        {
            "certManager": _cert(_issuer({"mode": "http-01-ingress", "className": "envoy"})),
            "gateway": {"controller": "envoy"},
        },
        "certManager.issuers[0].solver.className",
        "does not serve Ingress",
        "http-01-gateway",
    ),
    (
        "ListenerSets by Traefik",
        {"gateway": {"controller": "traefik", "shared": {"listenerSets": True}}},
        "gateway.shared.listenerSets",
        "does not support ListenerSets",
        "controller envoy",
    ),
    (
        "a listener of an unknown issuer",
        {
            "certManager": _cert(_issuer(DNS)),
            "gateway": {
                "controller": "envoy",
                "shared": {"listeners": [{"hostname": "*.example.com", "issuer": "two"}]},
            },
        },
        "gateway.shared.listeners[0].issuer",
        "not one of certManager.issuers",
        "use one of one",
    ),
    (
        "a wildcard by HTTP-01",
        {
            "certManager": _cert(_issuer(GATEWAY)),
            "gateway": {
                "controller": "envoy",
                "shared": {"listeners": [{"hostname": "*.example.com", "issuer": "one"}]},
            },
        },
        "gateway.shared.listeners[0].issuer",
        "cannot validate a wildcard",
        "dns-01",
    ),
    (
        "two listeners of one name",
        {
            "certManager": _cert(_issuer(DNS)),
            "gateway": {
                "controller": "envoy",
                "shared": {
                    "listeners": [
                        {"hostname": "*.a.example.com", "issuer": "one"},
                        {"hostname": "*.b.example.com", "issuer": "one"},
                    ]
                },
            },
        },
        "gateway.shared.listeners[1].name",
        "already used",
        "a unique name",
    ),
    (
        "a listener in the place of http",
        {
            "certManager": _cert(_issuer(DNS)),
            "gateway": {
                "controller": "envoy",
                "shared": {
                    "listeners": [{"name": "http", "hostname": "a.example.com", "issuer": "one"}]
                },
            },
        },
        "gateway.shared.listeners[0].name",
        "already used",
        "a unique name",
    ),
    (
        "a listener for an address",
        {
            "gateway": {
                "controller": "envoy",
                "shared": {"listeners": [{"hostname": "10.0.0.1", "issuer": "one"}]},
            },
        },
        "gateway.shared.listeners[0].hostname",
        "is an IP address",
        "use a host name",
    ),
    (
        "a network of all addresses",
        {"gateway": {"controller": "traefik", "loadBalancer": {"sourceRanges": ["0.0.0.0/0"]}}},
        "gateway.loadBalancer.sourceRanges[0]",
        "allows everyone",
        "remove sourceRanges",
    ),
    (
        "networks that are not enforced",
        {
            "gateway": {
                "controller": "traefik",
                "loadBalancer": {"type": "NodePort", "sourceRanges": ["192.0.2.0/24"]},
            }
        },
        "gateway.loadBalancer.sourceRanges",
        "is not enforced",
        "type LoadBalancer",
    ),
    (
        "a network with bits behind its prefix",
        {"gateway": {"controller": "envoy", "loadBalancer": {"sourceRanges": ["192.0.2.1/24"]}}},
        "gateway.loadBalancer.sourceRanges[0]",
        "bits set",
        "192.0.2.0/24",
    ),
    (
        "a password in clear text",
        {"logs": {"destination": "loki", "host": "x", "tls": False, "username": "u"}},
        "logs.tls",
        "plaintext",
        "set it to true",
    ),
    (
        "an authority where nothing is encrypted",
        {"logs": {"destination": "graylog", "host": "x", "protocol": "udp", "ca": CA}},
        "logs.ca",
        "is not encrypted",
        "protocol tls",
    ),
    (
        "an index that Elasticsearch refuses",
        {"logs": {"destination": "elasticsearch", "host": "x", "index": "Shops*"}},
        "logs.index",
        "string should match pattern",
        "docs/platform-settings.md",
    ),
    (
        "a secret inside the settings",
        {"certManager": {"values": {"token": {"secure": "v1:abc"}}}},
        "certManager.values.token",
        "would turn all of them into a secret",
        "config set --secret openmage-platform:",
    ),
]


@cases.each(("parts", "path", "reason", "fix"), CASES)
def test_it_is_refused(parts, path, reason, fix):
    text = _write(parts)
    error = refusal(text)
    found = {dotted(problem.path): problem for problem in error.problems}
    assert f"{KEY}.{path}" in found, sorted(found)
    problem = found[f"{KEY}.{path}"]
    assert reason in problem.reason
    assert fix in problem.fix
    assert problem.line is not None
    assert f"Pulumi.test.yaml:{problem.line}  {KEY}.{path}" in str(error)


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file():
    parts = {"gateway": {"controller": "x"}, "logs": {}, "monitoring": {"retentionDays": "3"}}
    error = refusal(_write(parts))
    assert len(error.problems) == 3
    assert [p.line for p in error.problems] == sorted(p.line or 0 for p in error.problems)
    assert "3 problems" in str(error)


def test_a_missing_cluster_is_reported():
    [problem] = refusal(yaml.safe_dump({"config": {KEY: {}}})).problems
    assert dotted(problem.path) == f"{KEY}.cluster"


def test_settings_that_are_no_mapping_are_one_problem():
    [problem] = refusal(f"config:\n  {KEY}: 3\n").problems
    assert "not a mapping" in problem.reason


SECRETS = [
    ("dnsToken", " ", "is empty"),
    ("logsPassword", "two words", "a space"),
    ("grafanaPassword", "", "a space"),
    ("logsClientCertificate", "nonsense", "not a PEM certificate"),
    ("logsClientKey", "nonsense", "not a PEM private key"),
    ("alertmanagerConfig", "route: [", "is not valid YAML"),
    ("alertmanagerConfig", "receivers: []", "route or receivers are missing"),
]


@pytest.mark.parametrize(("key", "value", "reason"), SECRETS)
def test_a_secret_that_cannot_be_used_is_refused_unseen(key, value, reason):
    with pytest.raises(pulumi.RunError, match=reason) as refused:
        deploy(secrets={key: value})
    assert f"openmage-platform:{key}" in str(refused.value)
    assert not value.strip() or value not in str(refused.value)


def test_a_secret_in_clear_text_is_refused_unseen():
    with pytest.raises(pulumi.RunError, match="in plaintext") as refused:
        deploy(clear={"logsPassword": "hunter2hunter2"})
    assert "hunter2" not in str(refused.value)
    assert "rotate it: it has been exposed" in str(refused.value)


def test_a_masked_secret_of_an_offline_preview_is_accepted():
    assert deploy(secrets={"alertmanagerConfig": "[secret]"}).components == []


NEEDED = [
    ("dnsToken", {"certManager": _cert(_issuer(DNS))}, {}),
    ("logsPassword", {"logs": {"destination": "loki", "host": "x", "username": "u"}}, {}),
    (
        "logsClientKey",
        {"logs": {"destination": "graylog", "host": "x"}},
        {"logsClientCertificate": CA},
    ),
]


@pytest.mark.parametrize(("key", "parts", "secrets"), NEEDED)
def test_a_secret_that_is_needed_must_be_there(key, parts, secrets):
    with pytest.raises(pulumi.RunError, match=f"config set --secret openmage-platform:{key}"):
        deploy(parts, secrets=secrets)


def test_a_provider_that_knows_the_cluster_needs_no_token():
    solver = {"mode": "dns-01", "provider": "route53", "config": {"region": "eu-central-1"}}
    assert deploy({"certManager": _cert(_issuer(solver))}).of("Secret") == []


def test_a_refusal_registers_nothing():
    with pytest.raises(pulumi.RunError):
        deploy({"gateway": {"controller": "x"}, "monitoring": {"enabled": True}})


@pytest.mark.parametrize(
    ("parts", "alerts", "warning"),
    [
        ({"monitoring": {"enabled": True}}, False, "alerts have no receiver"),
        ({"metricsServer": {"enabled": True, "kubeletInsecureTls": True}}, True, "kubelet"),
        (
            {"logs": {"destination": "graylog", "host": "x", "protocol": "tcp"}},
            True,
            "plaintext",
        ),
    ],
)
def test_what_looks_wrong_is_warned_of(parts, alerts, warning):
    [found] = accepted(parts).warnings(alerts=alerts)
    assert warning in found


def test_what_is_right_is_not_warned_of():
    right = {
        "monitoring": {"enabled": True},
        "metricsServer": {"enabled": True},
        "logs": {"destination": "graylog", "host": "x"},
    }
    assert list(accepted(right).warnings(alerts=True)) == []
