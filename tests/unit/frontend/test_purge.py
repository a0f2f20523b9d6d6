"""What throws something out of the cache: the private port, and the PHP that speaks to it."""

import itertools
import shutil
import socket
import subprocess
import time
from typing import Any

import pytest

from shop.purge import purge_nodes
from tests.harness import ROOT

_NUMBERS = itertools.count()
PUBLIC = "public, max-age=600"
PURGE = ROOT / "shop" / "php" / "purge.php"


def kept(cache, path, tags=None, host="shop.test", **headers):
    """Put something into the cache, and return what is asked to see whether it is there."""
    cache.shop.say(
        path.partition("?")[0], Cache_Control=PUBLIC, **({"X_Cache_Tags": tags} if tags else {})
    )
    cache.get(path, Host=host, **headers)
    assert cache.get(path, Host=host, **headers).cache == "hit"
    return lambda: cache.get(path, Host=host, **headers).cache == "hit"


def new(where="/skin", end=".css"):
    return f"{where}/purged-{next(_NUMBERS)}{end}"


def test_a_purge_throws_out_one_address_in_all_its_variants(cache):
    path, other = new("/page", ""), new("/page", "")
    plain = kept(cache, path)
    tls = kept(cache, path, X_Forwarded_Proto="https")
    german = kept(cache, path, Cookie="store=de")
    others = [
        kept(cache, other),
        kept(cache, path, host="other.test"),
        kept(cache, path + "/more"),
        kept(cache, path + "?p=2"),
    ]
    assert cache.tell("PURGE", f"{path}?utm_source=x").status == 200
    assert not any(there() for there in (plain, tls, german))
    assert all(there() for there in others)


def test_a_ban_throws_out_what_a_pattern_matches(cache):
    css, js = kept(cache, new()), kept(cache, new("/js"))
    other = kept(cache, new(), host="other.test")
    assert cache.tell("BAN", X_Ban_Url="^/skin/", X_Ban_Host=r"^shop\.test$").status == 200
    assert not css()
    assert js()
    assert other()


def test_a_ban_throws_out_the_pages_with_a_tag(cache):
    one = kept(cache, new("/page", ""), "catalog_product_1 catalog_category_7")
    eleven = kept(cache, new("/page", ""), "catalog_product_11")
    file = kept(cache, new())
    assert cache.tell("BAN", X_Ban_Tags=r"(?i)(^|[\s,])(CATALOG_PRODUCT_1)([\s,]|$)").status == 200
    assert not one()
    assert eleven()
    assert file()


def test_a_ban_without_a_pattern_throws_out_everything(cache):
    there = [kept(cache, new()), kept(cache, new("/page", ""))]
    assert cache.tell("BAN").status == 200
    assert not any(each() for each in there)


@pytest.mark.parametrize("pattern", ["(", "a b", "a && obj.status == 200"])
def test_a_pattern_that_is_none_is_refused_and_throws_out_nothing(cache, pattern):
    there = kept(cache, new())
    assert cache.tell("BAN", X_Ban_Url=pattern).status == 400
    assert there()


def test_nothing_of_the_shop_is_served_on_the_private_port(cache):
    path = new()
    kept(cache, path)
    assert cache.tell("GET", path).status == 404
    assert cache.tell("POST", path).status == 404


def test_probes_are_answered_on_the_private_port_only(cache):
    assert cache.tell("GET", "/live").status == 200
    assert cache.get("/live").cache == "pass"


class Php:
    """purge.php as it is in a pod, but for the addresses that a name leads to."""

    def __init__(self, folder, port):
        """Write a local.xml that names a frontend cache on this port."""
        self._folder = folder
        (folder / "app" / "etc").mkdir(parents=True)
        address = f"<openmage_kubernetes><purge>frontend-cache-pods:{port}</purge>"
        (folder / "app" / "etc" / "local.xml").write_text(
            f"<config><global>{address}</openmage_kubernetes></global></config>"
        )

    def run(self, code, *addresses):
        """Run code after a Purge has been made as `$purge`; return what it logs."""
        lines = (
            f"require {str(PURGE)!r};",
            "class Varien_Event_Observer extends ArrayObject {",
            "  public function getEvent() { return $this; }",
            "  public function getTags() { return $this['tags']; }",
            "}",
            "class Told extends OpenMage_Kubernetes_Purge {",
            "  protected function addresses(string $host): array {",
            f"    return $host === 'frontend-cache-pods' ? {list(addresses)} : [];",
            "  }",
            "}",
            f"define('BP', {str(self._folder)!r});",
            "$purge = new Told([]);",
            "function tags(mixed $tags) { return new Varien_Event_Observer(['tags' => $tags]); }",
            code,
        )
        ended = subprocess.run(
            ["php", "-d", "error_log=/dev/stderr", "-r", "\n".join(lines)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr + ended.stdout
        return ended.stderr


@pytest.fixture
def php(tmp_path):
    if shutil.which("php") is None or b"curl" not in subprocess.check_output(["php", "-m"]):
        pytest.skip("php with curl is not on the PATH: Debian's packages are php-cli, php-curl")
    return lambda cache: Php(tmp_path / "code", cache.private)


@pytest.fixture(scope="module")
def two(start, shop):
    with start(shop, "127.0.0.2") as first, start(shop, "127.0.0.3", first.private) as second:
        yield first, second


def test_a_purge_reaches_every_pod(php, two):
    there = [kept(cache, new()) for cache in two]
    images = [kept(cache, "/media/catalog/product/cache/1.jpg") for cache in two]
    assert php(two[0]).run("$purge->images();", "127.0.0.2", "127.0.0.3") == ""
    assert not any(each() for each in images)
    assert all(each() for each in there)


def test_a_pod_that_has_gone_or_hangs_is_not_waited_for_and_the_others_are_told(php, two):
    there = kept(two[1], new())
    started = time.monotonic()
    code = "$purge->everything(); $purge->images(); $purge->merged();"
    with socket.create_server(("127.0.0.8", two[0].private)):
        log = php(two[0]).run(code, "127.0.0.8", "127.0.0.9", "127.0.0.3")
    assert time.monotonic() - started < 4
    assert not there()
    assert "127.0.0.8 was not told what has changed: Timeout was reached" in log
    assert "127.0.0.9 was not told what has changed: Could" in log
    assert "127.0.0.3" not in log


def test_what_a_request_changes_is_said_once_when_it_has_ended(php, cache):
    page = kept(cache, new("/page", ""), "catalog_product_5")
    other = kept(cache, new("/page", ""), "catalog_product_6")
    code = "for ($i = 0; $i < 1000; $i++) { $purge->tags(tags('catalog_product_5')); } sleep(1);"
    process = php(cache)
    assert process.run(code, "127.0.0.1") == ""
    assert not page()
    assert other()


def test_very_many_tags_are_every_page_and_no_file(php, cache):
    page, file = kept(cache, new("/page", ""), "other"), kept(cache, new())
    code = '$purge->tags(tags(array_map(fn($n) => "a_$n", range(1, 5000))));'
    assert php(cache).run(code, "127.0.0.1") == ""
    assert not page()
    assert file()


def test_no_tags_are_every_page_and_no_file(php, cache):
    page, file = kept(cache, new("/page", "")), kept(cache, new())
    assert php(cache).run("$purge->tags(tags([]));", "127.0.0.1") == ""
    assert not page()
    assert file()


@pytest.mark.parametrize(
    ("method", "gone", "stays"),
    [
        ("merged", "/media/css_secure/a.css", "/media/wysiwyg/a.png"),
        ("merged", "/skin/frontend/a.css", "/media/catalog/product/a.jpg"),
        ("swatches", "/media/catalog/swatches/a.png", "/media/catalog/product/a.jpg"),
        ("images", "/media/catalog/product/cache/a.jpg", "/media/catalog/product/a.jpg"),
    ],
)
def test_each_button_of_the_cache_management_throws_out_its_own(php, cache, method, gone, stays):
    going, staying = kept(cache, gone), kept(cache, stays)
    assert php(cache).run(f"$purge->{method}();", "127.0.0.1") == ""
    assert not going()
    assert staying()


def test_by_hand_a_wrong_pattern_is_an_error(php, tmp_path, cache):
    php(cache)
    ended = subprocess.run(
        ["php", PURGE, "^/media/"],
        cwd=tmp_path / "code",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "frontend-cache-pods: the name leads to no pod" in ended.stderr


def test_every_event_is_one_that_openmage_knows_and_has_a_method():
    nodes: Any = purge_nodes({"address": "x:1", "pages": True})
    for event in nodes["events"].values():
        observer = event["observers"]["openmage_kubernetes_purge"]
        assert f"public function {observer['method']}(" in PURGE.read_text()
        assert observer["class"] == "OpenMage_Kubernetes_Purge"
    assert "tags" not in str(purge_nodes({"address": "x:1", "pages": False}))
