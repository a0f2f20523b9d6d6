"""The tree and the picture: sizes are counted right, and arrows mean needs."""

import pytest

from offline.graph import Graph, Resource
from offline.tree import mermaid, requests, tree


def _resource(kind, name, parent="", spec=None, depends_on=(), **options):
    component = kind == "Group"
    fields = {"protect": False, "retain_on_delete": False, **options}
    return Resource(
        urn=f"{kind}::{name}",
        type=f"test:index:{kind}" if component else f"kubernetes:any/v1:{kind}",
        name=name,
        custom=not component,
        parent=parent,
        inputs={} if component else {"spec": spec or {}},
        provider="",
        aliases=(),
        ignore_changes=(),
        depends_on=depends_on,
        **fields,
    )


def _graph(*resources):
    return Graph({resource.urn: resource for resource in resources})


def _container(cpu, memory, **more):
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


def _workload(kind, name, *containers, init=(), **spec):
    pod = {"spec": {"containers": list(containers), "initContainers": list(init)}}
    inner = {"template": pod, **spec}
    shown = (
        {"schedule": "* * * * *", "jobTemplate": {"spec": inner}} if kind == "CronJob" else inner
    )
    return _resource(kind, name, "Group::web", shown)


def _scaler(name, few, many):
    target = {"scaleTargetRef": {"kind": "Deployment", "name": name}}
    spec = {**target, "minReplicas": few, "maxReplicas": many}
    return _resource("HorizontalPodAutoscaler", name, "Group::web", spec)


WEB = _workload("Deployment", "web", _container("100m", "256Mi"))


def test_a_scaled_workload_counts_its_fewest_pods_at_rest_and_its_most_at_most():
    graph = _graph(_resource("Group", "web"), WEB, _scaler("web", 2, 5))
    assert requests(graph, peak=False) == (200, 2 * 256 * 2**20)
    assert requests(graph, peak=True) == (500, 5 * 256 * 2**20)
    assert "Deployment web (2-5 pods)" in tree(graph)


@pytest.mark.parametrize(("replicas", "pods"), [({}, 1), ({"replicas": 3}, 3)])
def test_a_fixed_workload_counts_its_replicas(replicas, pods):
    graph = _graph(
        _resource("Group", "web"),
        _workload("StatefulSet", "db", _container("1", "1Gi"), **replicas),
    )
    assert requests(graph, peak=False) == requests(graph, peak=True) == (1000 * pods, pods * 2**30)
    assert f"StatefulSet db ({pods} pod{'s' if pods > 1 else ''})" in tree(graph)


def test_sidecars_count_and_containers_that_end_do_not():
    sidecar = _container("50m", "64Mi", restartPolicy="Always")
    once = _container("2", "4Gi")
    graph = _graph(_workload("Deployment", "web", _container("10m", "32Mi"), init=[sidecar, once]))
    assert requests(graph, peak=False) == (60, 96 * 2**20)


def test_cron_counts_once_and_a_finished_job_does_not():
    cron = _workload("CronJob", "cron", _container("50m", "192Mi"))
    job = _workload("Job", "release", _container("50m", "192Mi"))
    assert requests(_graph(cron, job), peak=False) == (50, 192 * 2**20)


def test_the_tree_says_what_is_guarded_and_how_large_it_is():
    claim = _resource(
        "PersistentVolumeClaim",
        "media",
        "Group::media",
        {"resources": {"requests": {"storage": "10Gi"}}},
        protect=True,
        retain_on_delete=True,
    )
    ingress = _resource("Ingress", "edge", "Group::media", {"rules": [{"host": "shop.test"}]})
    shown = tree(_graph(_resource("Group", "media"), claim, ingress))
    assert "PersistentVolumeClaim media (10Gi, protected, retained)" in shown
    assert "objects  1 Ingress, 1 PersistentVolumeClaim" in shown
    assert "hosts    shop.test" in shown
    assert "volumes  1, 10 GiB" in shown


def test_every_object_stands_below_its_component():
    graph = _graph(
        _resource("Group", "web"),
        WEB,
        _resource("Group", "db"),
        _resource("Service", "db", "Group::db"),
    )
    lines = tree(graph).splitlines()
    assert lines[lines.index("web (Group)") + 1].strip() == "`-- Deployment web (1 pod)"
    assert lines[lines.index("db (Group)") + 1].strip() == "`-- Service db"


def test_an_arrow_says_who_needs_whom_and_not_that_all_share_a_namespace():
    graph = _graph(
        *(_resource("Group", name) for name in ("tenant", "web", "db")),
        _resource("Namespace", "tenant", "Group::tenant"),
        _resource("Service", "db", "Group::db", depends_on=("Namespace::tenant",)),
        _resource(
            "Deployment", "web", "Group::web", depends_on=("Service::db", "Namespace::tenant")
        ),
        _resource("Service", "web", "Group::web", depends_on=("Deployment::web",)),
    )
    arrows = [line.strip() for line in mermaid(graph).splitlines() if "-->" in line]
    assert arrows == ["visitors([visitors]) --> edge", "web --> db"]


def test_a_component_that_makes_nothing_is_not_shown():
    graph = _graph(_resource("Group", "web"), WEB, _resource("Group", "mail"))
    assert "mail" not in mermaid(graph)
    assert "mail" not in tree(graph)


def test_the_picture_is_the_same_whatever_came_first():
    parts = [_resource("Group", "web"), WEB, _resource("Group", "db"), _scaler("web", 1, 2)]
    assert mermaid(_graph(*parts)) == mermaid(_graph(*reversed(parts)))
