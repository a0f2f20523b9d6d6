"""Who comes to the pods from outside: from a namespace that is not the shop's own."""

from tests import cases
from tests.harness import validated
from tests.refusals import check, problems_of, shop_with
from tests.ways import INGRESS, NONE, OWN, SECRET, SHARED

REPLICATED = {"database": {"mode": "replicated"}}

CASES = [
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
    (
        "a move from an external edge to the same one",
        {"edge": {**NONE, "tls": {"mode": "none"}, "movingFrom": NONE}},
        "edge.movingFrom",
        "is identical to the edge",
        "or remove it when the move is over",
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    check(problems_of(shop_with(changes)), path, reason, fix)


def test_another_controller_may_come_to_the_same_services():
    moved = {**NONE, "tls": {"mode": "none"}, "movingFrom": {**NONE, "controllerNamespace": "old"}}
    assert validated(shop_with({"edge": moved})).edge.moving_from is not None
