"""The cluster that a newcomer gets is one that the dev stack can live in."""

import json

import pytest
from ruamel.yaml import YAML

from offline import find_stack_file, read_stack_file
from operate import engine, local_cluster
from settings.edge import IngressEdge
from tests.harness import ROOT, stack_file, validated

COMMITTED = read_stack_file(find_stack_file(ROOT, "dev"))
KIND = stack_file({"cluster": {"context": "kind-try"}})
# Writes down what it is told, and what it is given to read.
TOLD = 'echo "${0##*/} $*"; test "$1 $2" != "create cluster" || cat'


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return what puts programs of our own on the PATH."""

    def make(**scripts):
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    monkeypatch.setenv("PATH", str(tmp_path))
    return make


def test_a_cluster_needs_docker_and_says_so(programs):
    with pytest.raises(engine.NotPossibleError, match="docker is not on the PATH"):
        local_cluster.create(COMMITTED)
    programs(docker="exit 1", k3d="exit 0", kubectl="exit 0")
    with pytest.raises(engine.NotPossibleError, match="the Docker engine does not respond"):
        local_cluster.create(COMMITTED)


def test_a_cluster_needs_the_program_that_its_context_names(programs):
    programs(docker="exit 0")
    with pytest.raises(engine.NotPossibleError, match=r"k3d is not on the PATH: https://k3d\.io"):
        local_cluster.create(COMMITTED)


@pytest.mark.parametrize("context", ["acme-cluster", "k3d-", "kind"])
def test_a_context_that_names_no_local_cluster_is_refused(context):
    with pytest.raises(engine.NotPossibleError, match="is not a local cluster"):
        local_cluster.create(stack_file({"cluster": {"context": context}}))


def test_k3d_makes_a_cluster_with_a_way_in_and_waits_for_it(programs, capfd):
    programs(docker="exit 0", k3d=TOLD, kubectl=TOLD)
    local_cluster.create(COMMITTED)

    made, came, ready, *_ = capfd.readouterr().out.splitlines()
    assert made.startswith("k3d cluster create openmage --image docker.io/rancher/k3s:v1.")
    ports = "-p 127.0.0.1:80:80@loadbalancer -p 127.0.0.1:443:443@loadbalancer"
    assert made.endswith(f" {ports} --wait")
    where = "kubectl --context k3d-openmage --namespace kube-system"
    assert came.startswith(f"{where} wait --for=create ingressclass/traefik ")
    assert ready.startswith(f"{where} rollout status deployment/traefik ")


def test_a_cluster_that_does_not_come_up_is_said(programs):
    programs(docker="exit 0", k3d="exit 1", kubectl="exit 0")
    with pytest.raises(engine.NotPossibleError, match="k3d cluster create failed; see above"):
        local_cluster.create(COMMITTED)


def test_kind_leads_the_ports_of_this_machine_to_where_the_platform_has_its_controller(
    programs, capfd
):
    programs(docker="exit 0", kind=TOLD, kubectl="exit 0")
    local_cluster.create(KIND)

    told, config, *said = capfd.readouterr().out.splitlines()
    assert told == "kind create cluster --name try --config - --wait 120s"
    assert "make platform-up" in "\n".join(said)
    [node] = json.loads(config)["nodes"]
    led = {each["hostPort"]: each["containerPort"] for each in node["extraPortMappings"]}
    assert {each["listenAddress"] for each in node["extraPortMappings"]} == {"127.0.0.1"}
    file = YAML(typ="safe", pure=True).load(ROOT / "platform/Pulumi.dev.yaml")
    gateway = file["config"]["openmage-platform:platform"]["gateway"]
    ports = gateway["values"]["ports"]
    assert gateway["loadBalancer"]["type"] == "NodePort"
    assert led == {80: ports["web"]["nodePort"], 443: ports["websecure"]["nodePort"]}


def test_the_dev_stack_asks_for_nothing_that_k3d_does_not_bring():
    shop = validated(COMMITTED.shop)
    assert COMMITTED.context == "k3d-openmage"
    edge = shop.edge
    assert isinstance(edge, IngressEdge)
    assert (edge.class_name, edge.controller_namespace) == ("traefik", "kube-system")
    # Its volumes are folders of the one node.
    assert shop.media.access_mode == "ReadWriteOnce"
    assert all(storage is None for storage in _storage_classes(shop))


def test_a_browser_finds_the_dev_stack_without_help():
    hosts = validated(COMMITTED.shop).hosts
    assert all(host.endswith(".localhost") for host in (*hosts.shop, hosts.admin))


def _storage_classes(shop):
    stores = (shop.media, shop.database, shop.cache.sessions)
    return [store.storage.storage_class for store in stores]
