"""What a stack file must not say about sessions and cache."""

import pulumi
import pytest

from tests import cases
from tests.harness import DEV, DIGEST, PRODUCTION, deploy, merge, validated
from tests.refusals import check, problems

EXTERNAL = {"mode": "external", "host": "redis.example.com", "cidrs": ["10.30.0.0/16"]}
SENTINEL = {
    "mode": "sentinel",
    "master": "carts",
    "sentinels": [{"host": "one.example.com"}],
    "cidrs": ["10.40.0.0/16"],
}
PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
TLS = {**EXTERNAL, "tls": True}
PUBLIC = {**SENTINEL, "cidrs": ["10.40.0.0/16", "100.64.3.0/24", "fd00::/8", "9.9.0.0/16"]}

CASES = [
    (
        "sessions in files",
        {"cache": {"sessions": {"mode": "files"}}},
        "cache.sessions.mode",
        "the cart is gone",
        "a store of the shop's own",
    ),
    (
        "sessions in the database",
        {"cache": {"sessions": {"mode": "db"}}},
        "cache.sessions.mode",
        "does not lock sessions",
        "a store of the shop's own",
    ),
    (
        "a cache in files",
        {"cache": {"cache": {"mode": "file"}}},
        "cache.cache.mode",
        "would not share a cache",
        "external",
    ),
    (
        "sessions nowhere that is known",
        {"cache": {"sessions": {"mode": "memcached"}}},
        "cache.sessions.mode",
        "not one of the choices",
        "own, external, sentinel",
    ),
    (
        "a cache behind Sentinels",
        {"cache": {"cache": SENTINEL}},
        "cache.cache.mode",
        "not one of the choices",
        "own, external",
    ),
    (
        "sessions and cache in one database",
        {"cache": {"sessions": EXTERNAL, "cache": {**EXTERNAL, "host": "Redis.example.com"}}},
        "cache.cache.database",
        "delete every cart",
        "another server",
    ),
    (
        "Valkey's image for Redis",
        {"cache": {"engine": "redis"}},
        "images.valkey",
        "is a valkey image, but cache.engine is redis",
        "name a redis image",
    ),
    (
        "Redis' image for Valkey",
        {"images": {"valkey": f"registry.example.com:5000/library/redis:8{DIGEST}"}},
        "images.valkey",
        "is a redis image, but cache.engine is valkey",
        "set cache.engine to redis",
    ),
    (
        "an authority without TLS",
        {"cache": {"sessions": {**EXTERNAL, "ca": PEM}}},
        "cache.sessions.ca",
        "has no effect",
        "cache.sessions.tls",
    ),
    (
        "an authority that is none",
        {"cache": {"cache": {**TLS, "ca": "/etc/ssl/ca.pem"}}},
        "cache.cache.ca",
        "not a PEM certificate",
        "BEGIN",
    ),
    (
        "an external store without its networks",
        {"cache": {"cache": {**EXTERNAL, "cidrs": []}}},
        "cache.cache.cidrs",
        "at least 1",
        "docs/settings.md",
    ),
    (
        "sizes of an external server",
        {"cache": {"sessions": {**EXTERNAL, "storage": {"size": "1Gi"}}}},
        "cache.sessions.storage",
        "belongs to another choice",
        "remove it",
    ),
    (
        "a user name with a space",
        {"cache": {"sessions": {**EXTERNAL, "username": "shop user"}}},
        "cache.sessions.username",
        "pattern",
        "docs/settings.md",
    ),
    (
        "a host with a scheme",
        {"cache": {"sessions": {**EXTERNAL, "host": "tls://redis.example.com"}}},
        "cache.sessions.host",
        "pattern",
        "docs/settings.md",
    ),
]
STRICTER = [
    (
        "sessions and cache on one server",
        {"cache": {"sessions": TLS, "cache": {**TLS, "database": 1}}},
        "cache.cache.host",
        "would evict carts",
        "another server",
    ),
    (
        "a store in clear text",
        {"cache": {"cache": EXTERNAL}},
        "cache.cache.tls",
        "plaintext",
        "true",
    ),
    (
        "Sentinels across the internet",
        {"cache": {"sessions": PUBLIC}},
        "cache.sessions.cidrs[3]",
        "is a public network",
        "mode external with tls",
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused_alone_and_with_a_fix(changes, path, reason, fix):
    check(problems(changes), path, reason, fix)


@cases.each(("changes", "path", "reason", "fix"), STRICTER)
def test_production_refuses_it(changes, path, reason, fix):
    assert validated(merge(DEV.shop, changes)).environment == "dev"
    check(problems(changes, PRODUCTION), path, reason, fix)


def test_what_is_outside_needs_its_password():
    with pytest.raises(pulumi.RunError, match="openmage:sessionsPassword") as refused:
        deploy({"cache": {"sessions": SENTINEL, "cache": EXTERNAL}})
    assert "openmage:cachePassword" in str(refused.value)


def test_production_as_it_should_be_is_accepted():
    cache = {"sessions": {**SENTINEL, "database": 1}, "cache": {**TLS, "ca": PEM}}
    assert validated(merge(merge(DEV.shop, PRODUCTION), {"cache": cache})).production


def test_the_image_of_an_engine_is_not_looked_at_where_no_store_is_the_shops_own():
    outside = {"engine": "redis", "sessions": SENTINEL, "cache": EXTERNAL}
    assert validated(merge(DEV.shop, {"cache": outside})).cache.engine == "redis"


def test_a_redis_with_a_redis_image_is_accepted():
    changes = {"cache": {"engine": "redis"}, "images": {"valkey": "docker.io/library/redis:8"}}
    assert validated(merge(DEV.shop, changes)).images.valkey.endswith("redis:8")
