"""Names of labels, taints and objects: none that Kubernetes or MariaDB would refuse later."""

from tests import cases
from tests.harness import EXTERNAL, deploy, pod_of, validated
from tests.refusals import check, problems_of, shop_with
from tests.ways import INGRESS, LOAD_BALANCER, OWN, SECRET, TERMINATOR

BALANCED = {**TERMINATOR, "edge": {**LOAD_BALANCER, "tls": SECRET}}

CASES = [
    (
        "a label of nodes that none can have",
        {"cron": {"placement": {"nodeSelector": {"a b/c/d": "on"}}}},
        "cron.placement.nodeSelector.a b/c/d",
        "pattern",
        "docs/settings.md",
    ),
    (
        "a label's value that none can have",
        {"cron": {"placement": {"nodeSelector": {"pool": "x y"}}}},
        "cron.placement.nodeSelector.pool",
        "pattern",
        "docs/settings.md",
    ),
    (
        "a taint that none can be",
        {"cron": {"placement": {"tolerations": [{"key": "a/b/c"}]}}},
        "cron.placement.tolerations[0].key",
        "pattern",
        "docs/settings.md",
    ),
    (
        "a Secret's name with an empty part",
        {"images": {"pullSecrets": ["registry..example"]}},
        "images.pullSecrets[0]",
        "not a Kubernetes name",
        "dots",
    ),
    (
        "a Secret's name of 254 characters",
        {"images": {"pullSecrets": [".".join(["a" * 50] * 5)]}},
        "images.pullSecrets[0]",
        "not a Kubernetes name",
        "dots",
    ),
    (
        "a dot in what a Service is called after",
        {"edge": {**OWN, "parent": {"mode": "own", "className": "a.b"}, "tls": SECRET}},
        "edge.parent.className",
        "not a Kubernetes name",
        "hyphens",
    ),
    (
        "a class of load balancers that none can be",
        {**BALANCED, "edge": {**LOAD_BALANCER, "className": "a/b/c", "tls": SECRET}},
        "edge.className",
        "pattern",
        "docs/settings.md",
    ),
    (
        "a database's name with a quote",
        {"database": {**EXTERNAL, "name": "acme`shop"}},
        "database.name",
        "pattern",
        "docs/settings.md",
    ),
]
ACCEPTED = [
    (
        "a load balancer's class with a prefix",
        {"edge": {"className": "service.k8s.aws/nlb"}},
        BALANCED,
    ),
    ("an Ingress class with a dot", {"edge": {**INGRESS, "className": "nginx.public"}}, {}),
    (
        "names with dots",
        {
            "images": {"pullSecrets": ["registry.example.com"]},
            "media": {"storage": {"storageClass": "csi.example.com"}},
            "cron": {"placement": {"priorityClass": "shops.high"}},
            "edge": {"tls": {"mode": "secret", "secretName": "shop.example.com"}},
        },
        {},
    ),
    (
        "a database's name with a hyphen",
        {"database": {**EXTERNAL, "name": "acme-shop", "username": "acme-shop"}},
        {},
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    check(problems_of(shop_with(changes)), path, reason, fix)


@cases.each(("changes", "base"), ACCEPTED)
def test_it_is_accepted(changes, base):
    validated(shop_with(changes, base))


def test_a_label_or_a_taint_may_be_empty():
    placement = {
        "nodeSelector": {"node-role.kubernetes.io/worker": ""},
        "tolerations": [{"key": "example.com/shops", "value": ""}],
    }
    pod = pod_of(deploy({"cron": {"placement": placement}}).one("CronJob", "cron"))
    assert pod["spec"]["nodeSelector"] == placement["nodeSelector"]
    [taint] = [each for each in pod["spec"]["tolerations"] if each["key"] == "example.com/shops"]
    assert (taint["operator"], taint["value"]) == ("Equal", "")
