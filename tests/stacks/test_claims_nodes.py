"""Every shop: pods leave a node that is gone, and autoscalers empty only nodes that they may."""

from tests.harness import pod_of
from tests.shops import every_shop

SAFE = "cluster-autoscaler.kubernetes.io/safe-to-evict"
KEEP = "karpenter.sh/do-not-disrupt"
ALONE = {"database", "cache-sessions", "release", "cron"}
"""Workloads of one pod that hold data, or work that must not be cut."""
LOST = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}


def templates(shop):
    kinds = ("Deployment", "StatefulSet", "Job", "CronJob")
    return {each.name: pod_of(each) for each in shop.graph if each.kind in kinds}


@every_shop
def test_autoscalers_empty_no_node_of_the_only_database_a_release_or_a_cron_run(shop):
    for name, template in templates(shop).items():
        annotations = template["metadata"]["annotations"]
        alone = name in ALONE
        assert annotations[SAFE] == ("false" if alone else "true"), name
        assert annotations.get(KEEP) == ("true" if alone else None), name


@every_shop
def test_pods_leave_a_lost_node_within_a_minute_and_keep_what_the_customer_tolerates(shop):
    for name, template in templates(shop).items():
        found = {each["key"]: each for each in template["spec"]["tolerations"]}
        assert found.keys() >= LOST, name
        assert all(found[key]["effect"] == "NoExecute" for key in LOST)
        assert all(0 < found[key]["tolerationSeconds"] <= 60 for key in LOST)


@every_shop
def test_what_has_no_volume_is_no_statefulset(shop):
    # A pod of a StatefulSet is not replaced while its node does not answer.
    for stateful in shop.graph.of("StatefulSet"):
        volumes = pod_of(stateful)["spec"]["volumes"]
        assert any("persistentVolumeClaim" in volume for volume in volumes), stateful.name
