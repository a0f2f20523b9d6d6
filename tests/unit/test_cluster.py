"""What a shop needs of its cluster: asked before anything is made, and said in one sentence."""

import subprocess
import sys

import pulumi
import pytest

import wiring
from cluster import check
from cluster.connect import UnansweredError, kubectl
from offline import run
from offline.monitor import Recorder
from settings.model import SHOP
from settings.needs import prerequisites
from stackfile.merge import merge
from stackfile.needs import Api
from tests.harness import DEV, deploy, stack_file, validated

GATEWAY = "gateway.networking.k8s.io/v1"
METRICS = "metrics.k8s.io/v1beta1"
OWN = {"mode": "own", "className": "envoy"}
LETSENCRYPT = {"mode": "letsencrypt", "issuer": {"mode": "http-01", "email": "a@example.com"}}


def check_cluster(shop, ask):
    """Ask a cluster for what a shop needs, as the program does."""
    temporary = shop.environment == "dev"
    check.check_cluster(SHOP, prerequisites(shop), ask, temporary=temporary)


def apis(shop):
    """Return the APIs that a shop needs."""
    return [need for need in prerequisites(shop) if isinstance(need, Api)]


def objects(shop):
    """Return the objects that a shop needs."""
    return [need for need in prerequisites(shop) if not isinstance(need, Api)]


def _shop(**changes):
    hosts = {"shop": ["shop.example.com"], "admin": "admin.example.com"}
    return validated({**merge(DEV.shop, {"hosts": hosts}), **changes})


def _edge(**changes):
    return {"edge": {**DEV.shop["edge"], **changes}}


def _through(parent, **changes):
    edge = {"kind": "gateway", "parent": parent, "controllerNamespace": "x"}
    return {"edge": {**edge, "tls": {"mode": "none"}, **changes}}


def _gateway(parent, **changes):
    return _shop(**_through(parent, **changes))


def _names(*names, **annotations):
    return {"items": [{"metadata": {"name": name, "annotations": annotations}} for name in names]}


class Cluster:
    """Answers as an API server does, and notes what it was asked."""

    def __init__(self, *versions, **lists):
        """Serve these APIs; a list is known by the last word of its path."""
        self.asked = []
        always = ("networking.k8s.io/v1", "storage.k8s.io/v1", "scheduling.k8s.io/v1")
        groups = [{"versions": [{"groupVersion": v}]} for v in (*always, *versions)]
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        self.answers = {
            "/apis": {"groups": groups},
            "ingressclasses": _names("traefik"),
            "storageclasses": _names("standard", **default),
            **lists,
        }

    def __call__(self, path):
        """Answer at a path."""
        self.asked.append(path)
        return self.answers.get(path) or self.answers.get(path.rpartition("/")[2])


@pytest.fixture
def warnings(monkeypatch):
    found = []
    monkeypatch.setattr(pulumi.log, "warn", found.append)
    return found


def _refused(settings, cluster):
    with pytest.raises(pulumi.RunError) as refused:
        check_cluster(settings, cluster)
    return str(refused.value)


def test_a_cluster_that_has_everything_is_accepted_in_silence(warnings):
    check_cluster(_shop(), Cluster(METRICS))
    assert warnings == []


@pytest.mark.parametrize(
    ("changes", "version", "part"),
    [
        (_through(OWN), GATEWAY, "gateway"),
        ({"database": {"mode": "replicated"}}, "k8s.mariadb.com/v1alpha1", "databaseOperator"),
        ({"database": {"mode": "galera"}}, "k8s.mariadb.com/v1alpha1", "databaseOperator"),
        (_edge(tls=LETSENCRYPT), "cert-manager.io/v1", "certManager"),
    ],
    ids=["gateway", "replicated", "galera", "letsencrypt"],
)
def test_an_api_that_is_not_served_is_named_with_the_part_that_brings_it(changes, version, part):
    text = _refused(_shop(**changes), Cluster(METRICS))
    assert f"the cluster does not serve {version}" in text
    assert f"enable the platform's part {part}" in text
    assert "nothing was deployed" in text


def test_the_part_that_is_named_exists():
    from choices.model import Platform

    shops = [
        _gateway(OWN, tls=LETSENCRYPT),
        _shop(database={"mode": "galera"}),
    ]
    parts = {api.part for shop in shops for api in apis(shop)}
    assert parts == {"gateway", "certManager", "databaseOperator", "metricsServer"}
    assert parts <= {field.alias for field in Platform.model_fields.values()}


def test_a_gateway_api_without_listener_sets_is_too_old_for_them():
    shop = _gateway({"mode": "listener-set", "name": "shared", "namespace": "infra"})
    lists = {"gateways": _names("shared")}
    old = Cluster(METRICS, GATEWAY, v1={"resources": [{"kind": "Gateway"}]}, **lists)
    assert "without ListenerSet" in _refused(shop, old)
    new = Cluster(METRICS, GATEWAY, v1={"resources": [{"kind": "ListenerSet"}]}, **lists)
    check_cluster(shop, new)
    assert f"/apis/{GATEWAY}/namespaces/infra/gateways" in new.asked


def test_without_metrics_a_shop_runs_but_does_not_scale(warnings):
    check_cluster(_shop(), Cluster())
    [warning] = warnings
    assert "openmage:shop.web.storefront.autoscaling.maxReplicas" in warning
    assert "metricsServer" in warning


def test_a_shop_that_does_not_scale_needs_no_metrics():
    scaling = {"minReplicas": 2, "maxReplicas": 2}
    shop = _shop(web={"storefront": {"autoscaling": scaling}})
    assert list(apis(shop)) == []


def test_the_former_way_in_is_asked_for_as_well():
    former = {"kind": "ingress", "className": "nginx", "controllerNamespace": "nginx"}
    cluster = Cluster(METRICS, GATEWAY, gatewayclasses=_names("envoy"))
    text = _refused(_gateway(OWN, movingFrom=former), cluster)
    assert "openmage:shop.edge.movingFrom.className" in text
    assert "no IngressClass nginx; available: traefik" in text


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        (
            _edge(className="nginx"),
            "edge.className",
            "no IngressClass nginx; available: traefik",
        ),
        (
            {"media": {"storage": {"storageClass": "nfs"}}},
            "media.storage.storageClass",
            "no StorageClass nfs; available: standard",
        ),
        (
            {"cron": {"placement": {"priorityClass": "low"}}},
            "cron.placement.priorityClass",
            "no PriorityClass low; available: none",
        ),
        (_through(OWN), "edge.parent.className", "no GatewayClass envoy; available: other"),
        (
            _through({"mode": "existing", "name": "shared", "namespace": "infra"}),
            "edge.parent.name",
            "no Gateway shared in the namespace infra; available: none",
        ),
        (
            _edge(tls={"mode": "letsencrypt", "issuer": {"mode": "named", "name": "dns"}}),
            "edge.tls.issuer.name",
            "no ClusterIssuer dns; available: none",
        ),
    ],
    ids=["ingress", "storage", "priority", "gateway-class", "gateway", "issuer"],
)
def test_what_is_named_and_not_there_is_answered_with_what_there_is(changes, path, reason):
    cluster = Cluster(
        *(METRICS, GATEWAY, "cert-manager.io/v1"),
        gatewayclasses=_names("other"),
        gateways=_names(),
        clusterissuers=_names(),
        priorityclasses=_names(),
    )
    text = _refused(_shop(**changes), cluster)
    assert f"openmage:shop.{path}" in text
    assert reason in text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (_edge(className="nginx"), "gateway"),
        (_through(OWN), "gateway"),
        (
            _through({"mode": "existing", "name": "shared", "namespace": "infra"}),
            "gateway.shared",
        ),
        (
            _edge(tls={"mode": "letsencrypt", "issuer": {"mode": "named", "name": "dns"}}),
            "certManager.issuers",
        ),
    ],
    ids=["ingress", "gateway-class", "gateway", "issuer"],
)
def test_what_the_platform_can_make_is_said_to_be_its(changes, part):
    nothing = dict.fromkeys(("gatewayclasses", "gateways", "clusterissuers"), _names())
    cluster = Cluster(METRICS, GATEWAY, "cert-manager.io/v1", **nothing)
    assert f"use the platform's {part} (make platform-up)" in _refused(_shop(**changes), cluster)


def test_a_preview_does_not_ask_for_certificates_that_are_counted():
    def cluster(server):
        issuer = {
            "metadata": {"name": "dns"},
            "spec": {"acme": {"server": f"https://{server}.api.letsencrypt.org/directory"}},
        }
        issuers = {"items": [*_names("other")["items"], issuer]}
        return Cluster(METRICS, "cert-manager.io/v1", clusterissuers=issuers)

    tls = {"mode": "letsencrypt", "issuer": {"mode": "named", "name": "dns"}}
    preview, staging = _shop(**_edge(tls=tls)), _shop(**_edge(tls=tls), environment="staging")
    text = _refused(preview, cluster("acme-v02"))
    assert "openmage:shop.edge.tls.issuer.name" in text
    assert "weekly certificate limit of the domain" in text
    check_cluster(preview, cluster("acme-staging-v02"))
    check_cluster(staging, cluster("acme-v02"))


def test_a_cluster_without_a_default_class_wants_one_named():
    text = _refused(_shop(), Cluster(METRICS, storageclasses=_names("slow", "fast")))
    assert "no default StorageClass; available: fast, slow" in text


def test_a_nodes_own_disk_needs_no_class():
    local = {"mode": "node-local", "node": "n1", "path": "/data/shop", "acceptLossOfNode": True}
    asked = [named.path for named in objects(_shop(database=local))]
    assert ("database", "storage", "storageClass") not in asked
    assert ("media", "storage", "storageClass") in asked


def test_all_that_is_missing_is_said_at_once():
    shop = _gateway(OWN, tls=LETSENCRYPT)
    text = _refused(shop, Cluster(METRICS, storageclasses=_names("slow")))
    assert text.count("why: ") >= 3


def test_what_is_not_for_us_to_see_is_not_missing():
    cluster = Cluster(METRICS, GATEWAY, ingressclasses=None, storageclasses=None)
    check_cluster(_gateway(OWN), cluster)
    assert f"/apis/{GATEWAY}/gatewayclasses" in cluster.asked


def test_a_cluster_that_cannot_be_asked_is_left_to_pulumi(warnings):
    def silent(_):
        message = "no one answers"
        raise UnansweredError(message)

    check_cluster(_gateway(OWN), silent)
    [warning] = warnings
    assert "were not checked: no one answers" in warning


def test_an_offline_preview_asks_nobody_and_everybody_else_asks(monkeypatch, tmp_path):
    asked = []

    def note(words, **_):
        asked.append(words[0])
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", note)
    (tmp_path / "__main__.py").write_text(
        "from settings.load import load\nfrom wiring.cluster import check\ncheck(load()[0])\n"
    )
    run(stack_file(), root=tmp_path)
    assert asked == []
    # What the mocks have left behind must not decide this.
    monkeypatch.setattr("wiring.cluster.is_offline", lambda: False)
    wiring.cluster.check(_shop())
    assert asked == ["kubectl"]


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Return what puts a kubectl of a few lines on the path."""

    def put(text):
        program = tmp_path / "kubectl"
        program.write_text(f"#!{sys.executable}\n{text}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return put


def test_kubectl_is_asked_for_the_stacks_own_context(fake):
    fake("import json, sys; print(json.dumps({'words': sys.argv[1:]}))")
    words = (kubectl("acme")("/apis") or {})["words"]
    assert words[:5] == ["--context", "acme", "get", "--raw", "/apis"]
    assert "--request-timeout" in words


@pytest.mark.parametrize("reason", ["Forbidden", "NotFound"])
def test_what_kubectl_may_not_show_is_no_answer(fake, reason):
    fake(f"import sys; sys.exit('Error from server ({reason}): no')")
    assert kubectl("acme")("/apis") is None


def test_a_cluster_that_does_not_answer_is_said_in_its_own_words(fake):
    fake("import sys; sys.exit('one\\nUnable to connect to the server: dial tcp')")
    with pytest.raises(UnansweredError, match=r"^Unable to connect to the server: dial tcp$"):
        kubectl("acme")("/apis")


def test_a_missing_kubectl_is_said_with_where_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnansweredError, match=r"not on the PATH: https://kubernetes\.io"):
        kubectl("acme")("/apis")


def test_a_cluster_that_hangs_is_not_waited_for(monkeypatch):
    def hang(words, **options):
        raise subprocess.TimeoutExpired(words, options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(UnansweredError, match="did not respond within 20 seconds"):
        kubectl("acme")("/apis")


def test_a_cluster_that_does_not_show_its_apis_lacks_nothing(warnings):
    shop = _shop(**_through(OWN, tls=LETSENCRYPT), database={"mode": "replicated"})
    check_cluster(shop, lambda _: None)
    assert warnings == []


def test_an_api_whose_kinds_are_not_shown_lacks_none():
    shop = _gateway({"mode": "listener-set", "name": "shared", "namespace": "infra"})
    check_cluster(shop, Cluster(METRICS, GATEWAY, gateways=_names("shared")))


@pytest.fixture
def program(monkeypatch):
    """Return what runs the whole program, which asks this cluster; and what it registers."""
    registered = []

    def go(cluster, changes=None):
        monkeypatch.setattr("wiring.cluster.is_offline", lambda: False)
        monkeypatch.setattr("wiring.cluster.kubectl", lambda _: cluster)
        return deploy(changes)

    original = Recorder.RegisterResource
    monkeypatch.setattr(
        Recorder,
        "RegisterResource",
        lambda self, request: (registered.append(request.type), original(self, request))[1],
    )
    return go, registered


def test_a_foreign_cluster_is_refused_before_it_is_asked(program, monkeypatch):
    go, _ = program
    monkeypatch.setattr(
        "cluster.connect.contexts", lambda: {DEV.context: "https://foreign.example.com"}
    )
    lacking = Cluster(storageclasses=_names("slow"))
    with pytest.raises(pulumi.RunError, match="which is another cluster"):
        go(lacking, {"cluster": {"server": "https://10.0.0.1:6443"}})
    assert lacking.asked == []


def test_nothing_is_registered_on_a_cluster_that_lacks_something(program):
    go, registered = program
    with pytest.raises(pulumi.RunError, match="no default StorageClass"):
        go(Cluster(storageclasses=_names("slow")))
    assert set(registered) <= {"pulumi:pulumi:Stack"}
