"""What was accepted and must not be, and what was refused without need."""

import copy

import pytest

from tests.harness import DEV, EXTERNAL, PRODUCTION, deploy, merge, pod_of, validated
from tests.refusals import check, problems, problems_of
from tests.ways import INGRESS, LOAD_BALANCER, NONE, OWN, SECRET, SHARED, TERMINATOR

BALANCED = {**TERMINATOR, "edge": {**LOAD_BALANCER, "tls": SECRET}}
SPLIT = {
    "web": {
        "topology": "split",
        "storefront": {"nginx": {"autoscaling": {"minReplicas": 1}}},
    }
}
REPLICATED = {"database": {"mode": "replicated"}}


def small(memory):
    return {"resources": {kind: {"memory": memory} for kind in ("requests", "limits")}}


def stores(*codes):
    """Return further hosts for these codes; a website's has its type before it."""
    named = [code.rpartition(" ") for code in codes]
    return {
        "hosts": {
            "stores": [
                {"host": f"s{number}.test", "code": code, "type": kind or "store"}
                for number, (kind, _, code) in enumerate(named)
            ]
        }
    }


def nginx(text):
    return {"web": {"nginx": {"http": {"mine": text}}}}


def apache(text):
    return {"web": {"topology": "apache", "apache": {"server": {"mine": text}}}}


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
    (
        "a move from somebody else's way in to the same one",
        {"edge": {**NONE, "tls": {"mode": "none"}, "movingFrom": NONE}},
        "edge.movingFrom",
        "is identical to the edge",
        "remove it",
    ),
    (
        "a port in an nginx file's single line",
        nginx("server { listen 9999; }"),
        "web.nginx.http.mine",
        "contains listen",
        "remove it",
    ),
    (
        "a port behind another directive",
        nginx('gzip on; server { server_name "a;{b"; "listen" 9999; }'),
        "web.nginx.http.mine",
        "contains listen",
        "remove it",
    ),
    (
        "a port behind a variable in braces and a map",
        nginx("map $a $b { default ${x}y; }\nserver {\n  listen 9999;\n}"),
        "web.nginx.http.mine",
        "contains listen",
        "remove it",
    ),
    (
        "the end of a block that the program has begun",
        nginx("} events { worker_connections 9; } http {"),
        "web.nginx.http.mine",
        "unbalanced",
        "close every block",
    ),
    (
        "an open block, and a brace that a comment closes",
        nginx("map $a $b {\n  default 1;\n# }\n"),
        "web.nginx.http.mine",
        "unbalanced",
        "close every block",
    ),
    (
        "a port in an Apache file's broken line",
        apache("Lis\\\nten 9999"),
        "web.apache.server.mine",
        "contains Listen",
        "remove it",
    ),
    (
        "the admin area's store on another host",
        stores("admin"),
        "hosts.stores[0].code",
        "is the admin store",
        "of the shop",
    ),
    (
        "the admin area's website on another host",
        stores("website admin"),
        "hosts.stores[0].code",
        "is the admin store",
        "of the shop",
    ),
    (
        "the shop's own store on another host",
        stores("default"),
        "hosts.stores[0].code",
        "is the store at shop.test",
        "hosts.shop",
    ),
    (
        "the shop's own website on another host",
        stores("website base"),
        "hosts.stores[0].code",
        "is the store at shop.test",
        "hosts.shop",
    ),
    (
        "one store on two hosts",
        stores("de", "fr", "de"),
        "hosts.stores[2].code",
        "already has a host",
        "redirects",
    ),
    (
        "a database without room for its buffer pool",
        {"database": small("255Mi")},
        "database.resources.limits.memory",
        "too little for a buffer pool",
        "256Mi",
    ),
    (
        "sessions without room for the server",
        {"cache": {"sessions": small("31Mi")}},
        "cache.sessions.resources.limits.memory",
        "too little for the server",
        "32Mi",
    ),
    (
        "a cache without room for the server",
        {"cache": {"cache": small("63Mi")}},
        "cache.cache.resources.limits.memory",
        "too little for the server",
        "64Mi",
    ),
    (
        "a phpMyAdmin without room for a page",
        {"phpMyAdmin": {"enabled": True, **small("127Mi")}},
        "phpMyAdmin.resources.limits.memory",
        "one page",
        "128Mi",
    ),
    (
        "the controller's namespace as the shop's",
        {"namespace": "traefik", "edge": {**INGRESS, "tls": SECRET}},
        "edge.controllerNamespace",
        "the shop's own namespace",
        "of those pods",
    ),
    (
        "the former controller's namespace as the shop's",
        {"namespace": "traefik", "edge": {**OWN, "tls": SECRET, "movingFrom": INGRESS}},
        "edge.movingFrom.controllerNamespace",
        "the shop's own namespace",
        "of those pods",
    ),
    (
        "a shared Gateway's namespace as the shop's",
        {"namespace": "infra", "edge": {**SHARED, "tls": SECRET}},
        "edge.parent.namespace",
        "the shop's own namespace",
        "of those pods",
    ),
    (
        "the operator's namespace as the shop's",
        {"namespace": "mariadb-operator", **REPLICATED},
        "database.operatorNamespace",
        "the shop's own namespace",
        "of those pods",
    ),
]
ACCEPTED = [
    ("a load balancer's class with a prefix", {"edge": {"className": "service.k8s.aws/nlb"}},
        BALANCED),
    ("an Ingress class with a dot", {"edge": {**INGRESS, "className": "nginx.public"}}, {}),
    ("names with dots", {
        "images": {"pullSecrets": ["registry.example.com"]},
        "media": {"storage": {"storageClass": "csi.example.com"}},
        "cron": {"placement": {"priorityClass": "shops.high"}},
        "edge": {"tls": {"mode": "secret", "secretName": "shop.example.com"}},
    }, {}),
    ("a database's name with a hyphen", {
        "database": {**EXTERNAL, "name": "acme-shop", "username": "acme-shop"}}, {}),
    ("words of a map that look like directives",
        nginx("map $cookie_role $r {\n user 1;\n 'listen' 2; # } {\n}\nmap $a $b { default '{'; }"),
        {}),
    ("a value behind a broken line", apache("RewriteCond %{HTTP_USER_AGENT} \\\n  user"), {}),
    ("a store and a website of the same code", stores("website de", "de"), {}),
    ("a website that is called like OpenMage's own store", stores("website default"), {}),
    ("a database of the least size", {"database": small("256Mi")}, {}),
    ("no phpMyAdmin, of no size", {"phpMyAdmin": small("4Mi")}, {}),
]  # fmt: skip


def shop(changes, base=None):
    """Return the dev shop with changes: an edge and a database take the place of its own."""
    tree = merge(copy.deepcopy(dict(DEV.shop)), base or {})
    for key, choice in (("edge", "kind"), ("database", "mode")):
        if choice in (base or {}).get(key, {}) or choice in changes.get(key, {}):
            tree[key] = (base or {}).get(key, {})
    tree = merge(tree, changes)
    tree["edge"].setdefault("tls", SECRET)
    if tree.get("web", {}).get("topology") == "apache":
        tree["images"].pop("nginx", None)
    return tree


@pytest.mark.parametrize(
    ("changes", "path", "reason", "fix"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_it_is_refused(changes, path, reason, fix):
    check(problems_of(shop(changes)), path, reason, fix)


@pytest.mark.parametrize(
    ("changes", "base"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED]
)
def test_it_is_accepted(changes, base):
    validated(shop(changes, base))


def test_one_nginx_pod_is_none_in_production():
    check(
        problems(SPLIT, PRODUCTION),
        "web.storefront.nginx.autoscaling.minReplicas",
        "takes the shop down",
        "2 or more",
    )


def test_another_controller_may_come_to_the_same_services():
    moved = {**NONE, "tls": {"mode": "none"}, "movingFrom": {**NONE, "controllerNamespace": "old"}}
    assert validated(shop({"edge": moved})).edge.moving_from is not None


def test_a_label_or_a_taint_may_be_empty():
    placement = {
        "nodeSelector": {"node-role.kubernetes.io/worker": ""},
        "tolerations": [{"key": "example.com/shops", "value": ""}],
    }
    pod = pod_of(deploy({"cron": {"placement": placement}}).one("CronJob", "cron"))
    assert pod["spec"]["nodeSelector"] == placement["nodeSelector"]
    [taint] = pod["spec"]["tolerations"]
    assert (taint["operator"], taint["value"]) == ("Equal", "")
