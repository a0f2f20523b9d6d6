"""The cluster's DNS: what the policies open, and the warning where it is something else."""

from typing import Any

import pulumi
import pytest

from cluster.check import check_cluster
from cluster.connect import UnansweredError
from settings.model import SHOP
from settings.needs import prerequisites
from stackfile.merge import merge
from stackfile.needs import Names
from tests.harness import DEV, deploy, pods, spec, validated

NODES = "/api/v1/nodes?limit=3"
CONFIG = "/api/v1/nodes/n1/proxy/configz"
KUBE_DNS = "/api/v1/namespaces/kube-system/services/kube-dns"
CACHE = "/apis/apps/v1/namespaces/kube-system/daemonsets/node-local-dns"
OPENSHIFT = {"dns.operator.openshift.io/daemonset-dns": "default"}


def kubelets(*addresses):
    """Return what a cluster answers whose kubelets name these addresses."""
    configured = {"kubeletconfig": {"clusterDNS": list(addresses)}}
    return {NODES: {"items": [{"metadata": {"name": "n1"}}]}, CONFIG: configured}


def served(address, labels, port, namespace="kube-system", ip="10.244.0.7"):
    """Return what a cluster answers whose DNS is a Service of pods."""
    service = {
        "metadata": {"namespace": namespace, "name": "dns"},
        "spec": {
            "clusterIP": address,
            "clusterIPs": [address],
            "selector": labels,
            "ports": [{"port": 53, "targetPort": "dns"}],
        },
    }
    containers = [{"ports": [{"name": "dns", "containerPort": port}]}]
    pod = {
        "metadata": {"namespace": namespace, "labels": {**labels, "pod-template-hash": "x"}},
        "spec": {"containers": containers},
        "status": {"phase": "Running", "podIP": ip},
    }
    query = ",".join(f"{key}={value}" for key, value in labels.items())
    return {
        f"/api/v1/services?fieldSelector=spec.clusterIP={address}": {"items": [service]},
        f"/api/v1/namespaces/{namespace}/pods?labelSelector={query}": {"items": [pod]},
        **({KUBE_DNS: service} if namespace == "kube-system" else {}),
    }


def warned(monkeypatch, answers: Any, **dns):
    """Return the warnings of a check against a cluster with these answers."""
    found = []
    monkeypatch.setattr(pulumi.log, "warn", found.append)
    shop = validated(merge(DEV.shop, {"network": {"dns": dns}} if dns else {}))
    needs = [need for need in prerequisites(shop) if isinstance(need, Names)]
    assert len(needs) == 1
    check_cluster(SHOP, needs, getattr(answers, "get", answers))
    return found


COREDNS = {"k8s-app": "kube-dns"}
PUBLIC = "203.0.113.53"
USUAL = {
    "kubeadm": kubelets("10.96.0.10") | served("10.96.0.10", COREDNS, 53),
    "gardener": kubelets("100.64.0.10") | served("100.64.0.10", COREDNS, 8053, ip="192.0.2.7"),
    "a chart's coredns": served("10.0.0.10", {"k8s-app": "coredns"}, 53, ip="192.0.2.7"),
    "node-local": kubelets("169.254.20.10"),
    "kubespray": kubelets("169.254.25.10"),
    "aks-local": kubelets("169.254.10.11"),
    "cloud-dns": kubelets("169.254.169.254"),
    "ipv6": kubelets("fd00:10:96::a"),
    "gke": kubelets("34.118.224.10")
    | served("34.118.224.10", COREDNS, 53)
    | {CACHE: {"kind": "DaemonSet"}},
    "openshift": kubelets("172.30.0.10")
    | served("172.30.0.10", OPENSHIFT, 5353, "openshift-dns", ip="192.0.2.7"),
    "nothing may be read": {},
}
STRANGE = {
    "an address": kubelets(PUBLIC),
    "the second address": kubelets("10.96.0.10", PUBLIC),
    "pods of others": kubelets("10.0.0.10")
    | served("10.0.0.10", {"app": "bind"}, 53, "infra", ip="192.0.2.7"),
    "another port": kubelets("10.0.0.10") | served("10.0.0.10", COREDNS, 1053),
    "kubelets are not shown": served(PUBLIC, {"app": "x"}, 53, ip="192.0.2.7"),
    "a cache before a public Service": kubelets(PUBLIC)
    | served(PUBLIC, COREDNS, 53)
    | {CACHE: {"kind": "DaemonSet"}},
}


@pytest.mark.parametrize("cluster", USUAL.values(), ids=USUAL)
def test_the_usual_clusters_are_opened_without_a_word(cluster, monkeypatch):
    assert warned(monkeypatch, cluster) == []


@pytest.mark.parametrize("cluster", STRANGE.values(), ids=STRANGE)
def test_a_dns_that_no_policy_opens_is_a_warning(cluster, monkeypatch):
    [warning] = warned(monkeypatch, cluster)
    assert warning.startswith("openmage:shop.network.dns: the cluster's DNS is ")
    assert "add it to network.dns" in warning


def test_what_is_named_in_the_settings_is_opened(monkeypatch):
    assert warned(monkeypatch, STRANGE["an address"], cidrs=[f"{PUBLIC}/32"]) == []
    peer = {"namespace": "infra", "labels": {"app": "bind"}}
    assert warned(monkeypatch, STRANGE["pods of others"], peers=[peer]) == []
    peer = {"namespace": "kube-system", "labels": COREDNS, "ports": [1053]}
    assert warned(monkeypatch, STRANGE["another port"], peers=[peer]) == []


def test_a_kubelet_that_does_not_answer_is_not_the_end(monkeypatch):
    def ask(path):
        if path == CONFIG:
            message = "the server is currently unable to handle the request"
            raise UnansweredError(message)
        return (kubelets() | STRANGE["kubelets are not shown"]).get(path)

    assert len(warned(monkeypatch, ask)) == 1


def test_the_settings_replace_the_defaults():
    peer = {"namespace": "infra", "labels": {"app": "bind"}, "ports": [5300]}
    dns = {"peers": [peer], "cidrs": [f"{PUBLIC}/32"], "ports": [53, 853]}
    pods, networks = spec(deploy({"network": {"dns": dns}}).one("NetworkPolicy", "tenant-dns"))[
        "egress"
    ]
    assert pods["to"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "infra"}},
            "podSelector": {"matchLabels": {"app": "bind"}},
        }
    ]
    assert {p["port"] for p in pods["ports"]} == {5300}
    assert networks["to"] == [{"ipBlock": {"cidr": f"{PUBLIC}/32"}}]
    assert {(p["protocol"], p["port"]) for p in networks["ports"]} == {
        (protocol, port) for protocol in ("TCP", "UDP") for port in (53, 853)
    }


def test_no_pod_asks_four_domains_for_an_external_name():
    for name, pod in pods(deploy()).items():
        assert pod["spec"]["dnsConfig"] == {"options": [{"name": "ndots", "value": "2"}]}, name
