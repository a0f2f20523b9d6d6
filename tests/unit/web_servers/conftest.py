"""Storefronts that several files of claims ask."""

import pytest

from tests.harness import DIGEST, PRODUCTION, merge
from tests.web_servers import serving

SERVERS = ["nginx", "apache"]
STORES = {
    "api": True,
    "hosts": {
        "shop": ["shop.test", "www.shop.test"],
        "stores": [
            {"host": "de.shop.test", "code": "german", "redirects": ["shop-de.test"]},
            {"host": "b2b.test", "code": "trade", "type": "website"},
        ],
    },
}


@pytest.fixture(scope="module", params=SERVERS)
def open_shop(request):
    changes = {
        "web": {"api": True},
        "hosts": STORES["hosts"],
        "access": {"shop": {"allow": []}},
    }
    with serving(request.param, changes=changes) as running:
        yield running


@pytest.fixture(scope="module", params=SERVERS)
def secure_shop(request):
    changes = merge(
        PRODUCTION, {"hosts": STORES["hosts"], "media": {"accessMode": "ReadWriteMany"}}
    )
    changes["images"]["php"] = f"registry.example.com/acme/php:1{DIGEST}"
    with serving(request.param, changes=changes) as running:
        yield running
