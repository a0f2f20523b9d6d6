"""What a stack file must not say about the frontend cache and phpMyAdmin."""

from typing import Any

from tests import cases
from tests.harness import DEV, DIGEST, PRODUCTION, merge, validated
from tests.refusals import check, problems

VARNISH = {"mode": "varnish"}
NETWORK = "203.0.113.0/24"


def memory(limit):
    """Return a frontend cache with this much memory."""
    return {
        **VARNISH,
        "resources": {"requests": {"memory": limit}, "limits": {"memory": limit}},
    }


CASES = [
    (
        "a cache that holds nothing",
        {"frontendCache": memory("64Mi")},
        "frontendCache.resources.limits.memory",
        "leaves 22 MiB for the cache",
        "96Mi or more",
    ),
    (
        "no pod at all",
        {"frontendCache": {**VARNISH, "replicas": 0}},
        "frontendCache.replicas",
        "greater than or equal to 1",
        "docs/settings.md",
    ),
    (
        "sizes of a cache that is not there",
        {"frontendCache": {"replicas": 3}},
        "frontendCache.replicas",
        "belongs to another choice",
        "remove it",
    ),
    (
        "a cache by another program",
        {"frontendCache": {"mode": "squid"}},
        "frontendCache.mode",
        "not one of the choices",
        "none, varnish",
    ),
    (
        "phpMyAdmin open to the internet",
        {"phpMyAdmin": {"enabled": True, "host": "db.shop.test"}},
        "phpMyAdmin.allow",
        "anyone could try database passwords",
        "port-forward",
    ),
    (
        "phpMyAdmin open to the internet by another name",
        {"phpMyAdmin": {"enabled": True, "host": "db.shop.test", "allow": ["0.0.0.0/0"]}},
        "phpMyAdmin.allow[0]",
        "allows everyone",
        "list the networks",
    ),
    (
        "phpMyAdmin on the shop's host",
        {"phpMyAdmin": {"enabled": True, "host": "shop.test", "allow": [NETWORK]}},
        "phpMyAdmin.host",
        "listed twice",
        "remove one",
    ),
    (
        "networks without a host",
        {"phpMyAdmin": {"enabled": True, "allow": [NETWORK]}},
        "phpMyAdmin.allow",
        "has no effect",
        "add host",
    ),
    (
        "networks of a phpMyAdmin that is off",
        {"phpMyAdmin": {"allow": [NETWORK]}},
        "phpMyAdmin.allow",
        "switched off",
        "set phpMyAdmin.enabled to true",
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused_alone_and_with_a_fix(changes, path, reason, fix):
    check(problems(changes), path, reason, fix)


def test_in_production_one_pod_of_the_cache_is_none():
    images = {"images": {"varnish": f"docker.io/library/varnish:7.7-alpine{DIGEST}"}}
    base = merge(dict(PRODUCTION), images)
    found = problems({"frontendCache": {**VARNISH, "replicas": 1}}, base)
    check(found, "frontendCache.replicas", "draining its node takes the shop down", "2 or more")
    assert validated(merge(merge(dict(DEV.shop), base), {"frontendCache": VARNISH}))


def test_a_host_of_a_phpmyadmin_that_is_off_is_said_to_have_no_effect():
    found = problems({"phpMyAdmin": {"host": "db.shop.test", "allow": [NETWORK]}})
    assert [path.rpartition(".")[2] for path in found] == ["host", "allow"]
    assert {problem.reason for problem in found.values()} == {
        "has no effect: phpMyAdmin is switched off"
    }


def test_the_least_memory_that_is_advised_is_accepted():
    tree = merge(dict(DEV.shop), {"frontendCache": memory("96Mi")})
    front: Any = validated(tree).frontend_cache
    assert front.storage == 38 * 2**20
