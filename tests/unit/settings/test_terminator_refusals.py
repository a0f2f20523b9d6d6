"""What the nginx that ends TLS asks of the settings: an image, and room."""

import copy
from typing import Any

from settings import needs
from tests.harness import DEV, DIGEST, PRODUCTION, merge, validated
from tests.refusals import check, problems_of

NGINX = "docker.io/library/nginx:1.29"
APACHE = {"web": {"topology": "apache"}}
TERMINATOR = {
    "frontendCache": {"mode": "varnish", "terminator": True},
    "edge": {
        "kind": "load-balancer",
        "className": None,
        "controllerNamespace": None,
        "tls": {"mode": "secret", "secretName": "shop-tls"},
    },
}


def amounts(cpu, memory, limit):
    """Return resources."""
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": "500m", "memory": limit},
    }


def shop(changes, nginx=None):
    """Return the dev shop with changes, and with this image of nginx or none."""
    tree: Any = merge(copy.deepcopy(dict(DEV.shop)), changes)
    tree["edge"] = {key: value for key, value in tree["edge"].items() if value is not None}
    del tree["images"]["nginx"]
    if nginx is not None:
        tree["images"]["nginx"] = nginx
    return tree


def test_apache_alone_has_no_use_for_nginx():
    found = problems_of(shop(APACHE, NGINX))

    check(found, "images.nginx", "with web.topology apache there is no nginx", "remove it")
    assert validated(shop(APACHE))


def test_a_terminator_before_apache_needs_nginx_and_may_have_it():
    found = problems_of(shop(merge(APACHE, TERMINATOR)))

    check(found, "images.nginx", "frontendCache.terminator needs nginx", "name an nginx image")
    assert validated(shop(merge(APACHE, TERMINATOR), NGINX))


def test_one_image_may_carry_nginx_and_php_for_a_terminator_too():
    assert validated(shop(TERMINATOR))


def test_the_terminators_nginx_is_named_by_its_digest_in_production():
    images = {"varnish": f"docker.io/library/varnish:7.7-alpine{DIGEST}"}
    changes = merge(merge(dict(PRODUCTION), {"images": images}), merge(APACHE, TERMINATOR))

    found = problems_of(shop(changes, NGINX))

    check(found, "images.nginx", "a tag can be moved", "@sha256:")
    assert validated(shop(changes, f"{NGINX}{DIGEST}"))


def test_the_quota_has_room_for_it_in_every_pod_of_a_rollout():
    def quota(**front):
        front = {"replicas": 3, **front}
        return needs.quota(validated(shop(merge(TERMINATOR, {"frontendCache": front}))))

    cpu, memory, _ = quota(terminatorResources=amounts("20m", "32Mi", "64Mi"))
    more_cpu, more_memory, _ = quota(terminatorResources=amounts("120m", "32Mi", "264Mi"))

    # Three pods, one more in a rollout, and a quarter of everything for people.
    assert more_cpu - cpu == 100 * 4 * 5 // 4
    assert more_memory - memory == 200 * 2**20 * 4 * 5 // 4


def test_its_limit_is_not_below_its_request():
    wrong = {"frontendCache": {"terminatorResources": amounts("20m", "128Mi", "64Mi")}}

    found = problems_of(shop(merge(TERMINATOR, wrong)))

    path = "frontendCache.terminatorResources.limits.memory"
    check(found, path, "below the request of 128Mi", "raise the limit")


def test_one_of_its_sizes_can_be_overridden_alone():
    sizes = {"frontendCache": {"terminatorResources": {"limits": {"memory": "96Mi"}}}}

    front: Any = validated(shop(merge(TERMINATOR, sizes))).frontend_cache

    assert front.terminator_resources.limits.memory == "96Mi"
    assert front.terminator_resources.requests.memory == "32Mi"
