"""Claims about a database on the disk of one node."""

import pytest

from tests.harness import PRODUCTION, deploy, merge, plain, pods, spec

NODE = {
    "database": {
        "mode": "node-local",
        "node": "ip-10-0-0-7.example.internal",
        "path": "/srv/databases/acme",
        "acceptLossOfNode": True,
    }
}


@pytest.fixture(scope="module")
def graph():
    return deploy(NODE)


@pytest.fixture(scope="module")
def volume(graph):
    return graph.one("PersistentVolume", "database-data-volume")


def test_the_volume_is_a_directory_of_the_named_node_and_of_no_other(volume):
    made = spec(volume)
    assert made["local"] == {"path": "/srv/databases/acme"}
    [term] = made["nodeAffinity"]["required"]["nodeSelectorTerms"]
    assert term["matchExpressions"] == [
        {
            "key": "kubernetes.io/hostname",
            "operator": "In",
            "values": ["ip-10-0-0-7.example.internal"],
        }
    ]


def test_volume_and_claim_belong_to_each_other_and_to_nobody_else(graph, volume):
    claim = graph.one("PersistentVolumeClaim", "database-data")
    assert spec(claim)["volumeName"] == graph.names[volume.urn]
    assert spec(volume)["claimRef"] == {"namespace": "demo-dev", "name": graph.names[claim.urn]}


def test_no_storage_class_makes_another_volume_in_its_place(graph, volume):
    assert spec(volume)["storageClassName"] == ""
    assert spec(graph.one("PersistentVolumeClaim", "database-data"))["storageClassName"] == ""


def test_two_shops_of_a_cluster_have_volumes_of_different_names(graph, volume):
    other = deploy({**NODE, "customer": "other"})
    theirs = other.names[other.one("PersistentVolume", "database-data-volume").urn]
    assert graph.names[volume.urn] != theirs


def test_kubernetes_never_empties_the_directory(volume):
    assert spec(volume)["persistentVolumeReclaimPolicy"] == "Retain"


def test_the_database_runs_on_that_claim(graph):
    volumes = {v["name"]: v for v in pods(graph)["database"]["spec"]["volumes"]}
    assert volumes["data"]["persistentVolumeClaim"] == {"claimName": "database-data"}


def test_volume_and_claim_are_guarded_like_other_data_in_production():
    graph = deploy(merge(PRODUCTION, NODE))
    for kind, name in (
        ("PersistentVolume", "database-data-volume"),
        ("PersistentVolumeClaim", "database-data"),
    ):
        assert graph.one(kind, name).protect
        assert graph.one(kind, name).retain_on_delete


@pytest.mark.parametrize("changes", [{}, NODE], ids=["volume", "node-local"])
def test_every_client_of_the_database_reaches_it_and_nobody_else(changes):
    graph = deploy(changes)
    clients = {"matchLabels": {"openmage.org/database": "client"}}
    [rule] = spec(graph.one("NetworkPolicy", "database"))["ingress"]
    assert rule["from"] == [{"podSelector": clients}]
    assert spec(graph.one("NetworkPolicy", "database-clients"))["podSelector"] == clients


def test_an_external_database_is_reached_by_every_client_too():
    from tests.harness import EXTERNAL

    graph = deploy({"database": EXTERNAL}, secrets={"databasePassword": "a1" * 16})
    policy = plain(graph.one("NetworkPolicy", "database-clients").inputs)["spec"]
    assert policy["podSelector"] == {"matchLabels": {"openmage.org/database": "client"}}
