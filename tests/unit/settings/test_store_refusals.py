"""Further hosts: each shows a store of its own, and none the admin area."""

from tests import cases
from tests.harness import validated
from tests.refusals import check, problems_of, shop_with


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


CASES = [
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
]
ACCEPTED = [
    ("a store and a website of the same code", stores("website de", "de"), {}),
    ("a website that is called like OpenMage's own store", stores("website default"), {}),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    check(problems_of(shop_with(changes)), path, reason, fix)


@cases.each(("changes", "base"), ACCEPTED)
def test_it_is_accepted(changes, base):
    validated(shop_with(changes, base))
