"""Where logs go, and what every line says."""

import re

import pytest

from offline.graph import plain
from tests.unit.platform.harness import deploy, values

CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
PLUGINS = {
    "graylog": "gelf",
    "elasticsearch": "es",
    "opensearch": "opensearch",
    "loki": "loki",
}


def _deploy(destination, *, secrets=None, **changes):
    logs = {"destination": destination, "host": "logs.example.com", **changes}
    return deploy({"logs": logs}, secrets=secrets)


def _sections(text):
    """Return Fluent Bit's sections: their kinds with what stands in them."""
    found = []
    for line in text.splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            found.append((head[1], []))
        elif line.strip():
            key, _, value = line.strip().partition(" ")
            found[-1][1].append((key, value))
    return found


def _output(graph):
    [(kind, pairs)] = _sections(values(graph, "logs")["config"]["outputs"])
    assert kind == "OUTPUT"
    return dict(pairs)


def _filters(graph):
    return [pairs for _, pairs in _sections(values(graph, "logs")["config"]["filters"])]


@pytest.mark.parametrize("destination", PLUGINS)
def test_lines_go_where_they_should_and_nobody_listens_in(destination):
    output = _output(_deploy(destination, port=4444))
    assert output["Name"] == PLUGINS[destination]
    assert (output["Host"], output["Port"]) == ("logs.example.com", "4444")
    assert (output["tls"], output["tls.verify"], output["tls.verify_hostname"]) == ("On",) * 3


@pytest.mark.parametrize("destination", PLUGINS)
def test_a_destination_that_is_away_loses_no_line_at_once(destination):
    graph = _deploy(destination)
    assert _output(graph)["Retry_Limit"] == "no_limits"
    [(_, pairs)] = _sections(values(graph, "logs")["config"]["inputs"])
    told = dict(pairs)
    assert told["storage.type"] == "filesystem"
    state = told["DB"].rpartition("/")[0]
    [volume] = [v for v in values(graph, "logs")["extraVolumes"] if v["name"] == "state"]
    assert volume["hostPath"]["path"] == state


@pytest.mark.parametrize("destination", PLUGINS)
def test_every_line_says_whose_it_is(destination):
    renamed = {
        value.split()[0]: value.split()[1]
        for pairs in _filters(_deploy(destination))
        for key, value in pairs
        if key == "Rename"
    }
    assert renamed["label_openmage.org/customer"] == "customer"
    assert renamed["label_openmage.org/environment"] == "environment"


def test_the_labels_are_those_that_a_shops_pods_carry():
    from tests.harness import deploy as deploy_shop
    from tests.harness import pods

    for name, pod in pods(deploy_shop()).items():
        labels = pod["metadata"]["labels"].keys()
        assert {"openmage.org/customer", "openmage.org/environment"} <= labels, name


def test_loki_gets_few_labels():
    labels = _output(_deploy("loki"))["Labels"]
    assert labels == "job=fluent-bit, $customer, $environment, $container"


def test_graylog_shows_the_line_and_its_pod():
    output = _output(_deploy("graylog"))
    assert (output["Gelf_Short_Message_Key"], output["Gelf_Host_Key"]) == ("log", "pod")
    assert output["Mode"] == "tls"


@pytest.mark.parametrize("destination", ["elasticsearch", "opensearch"])
def test_an_index_a_day_has_the_name_that_was_chosen(destination):
    output = _output(_deploy(destination, index="shops"))
    assert (output["Logstash_Format"], output["Logstash_Prefix"]) == ("On", "shops")


def test_only_shops_are_read_unless_all_are_asked_for():
    def kept(graph):
        pairs = [pair for pairs in _filters(graph) for pair in pairs]
        return [value for key, value in pairs if key == "Regex"]

    assert kept(_deploy("graylog")) == ["$kubernetes['labels']['openmage.org/customer'] .+"]
    assert kept(_deploy("graylog", namespaces="all")) == []


def test_a_tenant_cannot_hide_its_lines():
    [kubernetes] = [
        dict(pairs) for pairs in _filters(_deploy("loki")) if ("Name", "kubernetes") in pairs
    ]
    assert kubernetes["K8S-Logging.Exclude"] == kubernetes["K8S-Logging.Parser"] == "Off"


def test_free_text_never_becomes_configuration():
    evil = "x{{ .Values }} ${HOME}"
    graph = _deploy("loki", username=evil, tenant=evil, secrets={"logsPassword": "canary-password"})
    told = values(graph, "logs")
    assert evil not in "".join(told["config"].values())
    assert "canary" not in repr(told)
    env = {entry["name"]: entry for entry in told["env"]}
    assert env["LOGS_USERNAME"]["value"] == env["LOGS_TENANT"]["value"] == evil
    reference = env["LOGS_PASSWORD"]["valueFrom"]["secretKeyRef"]
    assert reference == {
        "name": graph.names[graph.one("Secret", "logs-password").urn],
        "key": "password",
    }
    output = _output(graph)
    assert output["HTTP_User"] == "${LOGS_USERNAME}"
    assert output["HTTP_Passwd"] == "${LOGS_PASSWORD}"  # noqa: S105 (a variable's name)
    assert output["Tenant_ID"] == "${LOGS_TENANT}"


def test_nobody_asks_where_nobody_is_named():
    graph = _deploy("elasticsearch")
    assert values(graph, "logs")["env"] == []
    assert "HTTP_User" not in _output(graph)
    assert graph.of("Secret") == []


def test_certificates_are_files_of_a_secret():
    secrets = {"logsClientCertificate": CA, "logsClientKey": KEY}
    graph = _deploy("graylog", ca=CA, secrets=secrets)
    held = plain(graph.one("Secret", "logs-certificates").inputs)["stringData"]
    assert held == {"ca.crt": CA, "tls.crt": CA, "tls.key": KEY}
    told = values(graph, "logs")
    [mount] = [m for m in told["extraVolumeMounts"] if m["name"] == "certificates"]
    output = _output(graph)
    assert output["tls.ca_file"] == f"{mount['mountPath']}/ca.crt"
    assert output["tls.crt_file"] == f"{mount['mountPath']}/tls.crt"
    assert output["tls.key_file"] == f"{mount['mountPath']}/tls.key"


def test_the_collector_can_read_and_nothing_else():
    told = values(_deploy("graylog"), "logs")
    security = told["securityContext"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert [m["readOnly"] for m in told["daemonSetVolumeMounts"]] == [True]
