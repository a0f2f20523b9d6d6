"""Sizes in which a server cannot run, and numbers that are none in production."""

from tests import cases
from tests.harness import PRODUCTION, validated
from tests.refusals import check, problems, problems_of, shop_with

SPLIT = {
    "web": {
        "topology": "split",
        "storefront": {"nginx": {"autoscaling": {"minReplicas": 1}}},
    }
}


def small(memory):
    return {"resources": {kind: {"memory": memory} for kind in ("requests", "limits")}}


CASES = [
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
]
ACCEPTED = [
    ("a database of the least size", {"database": small("256Mi")}, {}),
    ("no phpMyAdmin, of no size", {"phpMyAdmin": small("4Mi")}, {}),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    check(problems_of(shop_with(changes)), path, reason, fix)


@cases.each(("changes", "base"), ACCEPTED)
def test_it_is_accepted(changes, base):
    validated(shop_with(changes, base))


def test_one_nginx_pod_is_none_in_production():
    check(
        problems(SPLIT, PRODUCTION),
        "web.storefront.nginx.autoscaling.minReplicas",
        "a single pod, draining its node",
        "2 or more",
    )
