"""Claims about replicas that lose their primary, their place, or their data."""

import pytest

from tests.harness import deploy, spec

DATABASE = {"mode": "replicated", "storage": {"size": "20Gi"}}


@pytest.fixture(scope="module")
def graph():
    return deploy({"database": DATABASE})


@pytest.fixture(scope="module")
def replica(graph):
    return spec(graph.one("MariaDB", "database"))["replication"]["replica"]


def plan(graph):
    return spec(graph.one("PhysicalBackup", "database-rebuild"))


def test_a_replica_looks_for_a_lost_primary_each_second(replica):
    assert replica["connectionRetrySeconds"] == 1


def test_a_replica_that_cannot_follow_is_filled_again_from_another_one(graph, replica):
    assert replica["recovery"] == {"enabled": True, "errorDurationThreshold": "60m"}
    template = replica["bootstrapFrom"]["physicalBackupTemplateRef"]["name"]
    assert graph.one("PhysicalBackup", template).custom
    assert plan(graph)["mariaDbRef"]["name"] == "database"
    assert plan(graph)["target"] == "PreferReplica"


def test_the_plan_is_never_carried_out_by_the_clock(graph):
    assert plan(graph)["schedule"] == {"suspend": True}


def test_the_copy_goes_through_a_volume_for_all_data_that_every_node_can_mount(graph):
    volume = plan(graph)["storage"]["volume"]["persistentVolumeClaim"]["claimName"]
    claim = spec(graph.one("PersistentVolumeClaim", volume))
    assert claim["resources"]["requests"]["storage"] == "20Gi"
    assert claim["accessModes"] == ["ReadWriteMany"]


def test_that_volume_can_be_of_a_class_of_its_own():
    own = {"size": "40Gi", "storageClass": "shared"}
    graph = deploy({"database": {**DATABASE, "rebuildStorage": own}})
    claim = spec(graph.one("PersistentVolumeClaim", "database-rebuild"))
    assert claim["resources"]["requests"]["storage"] == "40Gi"
    assert claim["storageClassName"] == "shared"


def test_the_copying_pods_pass_pod_security_restricted_and_reach_the_servers(graph):
    asked = plan(graph)
    assert asked["podSecurityContext"]["runAsNonRoot"] is True
    assert asked["podSecurityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert asked["securityContext"]["allowPrivilegeEscalation"] is False
    assert asked["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert asked["podMetadata"]["labels"] == {"openmage.org/database": "client"}
    assert asked["resources"]["limits"]["memory"]


def test_galera_fills_its_servers_itself():
    graph = deploy({"database": {"mode": "galera"}})
    kinds = {resource.kind for resource in graph}
    assert "PhysicalBackup" not in kinds
    assert "replication" not in spec(graph.one("MariaDB", "database"))
