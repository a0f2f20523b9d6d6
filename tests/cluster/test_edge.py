"""Claims about the ways in: a shop moves from one to another, and behind Varnish."""

import subprocess
import time
from contextlib import ExitStack, contextmanager

import pytest

from tests.live import ADMIN, HOST, reason_to_skip, visited, wait_until

INGRESS = {"kind": "ingress", "className": "traefik", "controllerNamespace": "kube-system"}
GATEWAY = {
    "kind": "gateway",
    "parent": {"mode": "own", "className": "traefik"},
    "controllerNamespace": "kube-system",
}
PLAIN = {"tls": {"mode": "none"}}
STYLES = "/skin/css/styles.css"


def _has_gateway_class():
    asked = ["kubectl", "get", "gatewayclass", "traefik"]
    if reason_to_skip():
        return False
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


gateway = pytest.mark.skipif(
    not _has_gateway_class(), reason="the cluster has no GatewayClass traefik"
)


pytestmark = pytest.mark.usefixtures("dev_stack")


@gateway
def test_a_shop_moves_from_an_ingress_to_a_gateway_without_a_lost_request(shop):
    with visited(shop) as failed:
        shop.change({"edge": {**GATEWAY, **PLAIN, "movingFrom": INGRESS}}, whole=["edge"])
        shop.up()
        wait_until(lambda: _is_programmed(shop), 60)
        time.sleep(5)
        shop.change({"edge": {**GATEWAY, **PLAIN}}, whole=["edge"])
        shop.up()
        time.sleep(5)
    assert failed == []
    assert shop.get("ingress") == []
    assert shop.status("/backoffice/", ADMIN) == 200
    assert shop.status("/backoffice/", HOST) == 404


def _is_programmed(shop):
    [found] = shop.get("gateway")
    conditions = found["status"]["conditions"]
    return any(each["type"] == "Programmed" and each["status"] == "True" for each in conditions)


def test_a_shop_comes_to_stand_behind_varnish_without_a_lost_request(shop):
    with visited(shop) as failed:
        shop.change({"frontendCache": {"mode": "varnish", "replicas": 2}})
        shop.up()
    assert failed == []
    assert {_cached(shop, STYLES) for _ in range(10)} >= {"hit"}
    assert _cached(shop, "/cart") in {"", "pass"}
    assert shop.status("/backoffice/", ADMIN) == 200


def test_a_purge_reaches_every_varnish(shop):
    pods = [
        pod["metadata"]["name"]
        for pod in shop.get("pods", "app.kubernetes.io/instance=frontend-cache")
    ]
    assert len(pods) == 2
    with _ports(shop, pods) as ports:
        for port in ports:
            wait_until(lambda port=port: _seen(port) == "hit", 20)
        purge = ("php", "/etc/openmage/purge.php", "^/skin/")
        shop.kubectl("exec", "deployment/admin", "-c", "php", "--", *purge)
        assert [_seen(port) for port in ports] == ["miss", "miss"]


def test_static_files_come_while_every_web_pod_is_gone(shop):
    assert shop.status(STYLES) == 200
    shop.kubectl("scale", "deployment/storefront", "--replicas=0")
    try:
        wait_until(lambda: shop.status("/cart") == 503, 120)
        assert shop.status(STYLES) == 200
    finally:
        shop.kubectl("scale", "deployment/storefront", "--replicas=1")
    wait_until(lambda: shop.status("/cart") == 200, 120)


def _cached(shop, path):
    answer = shop.curl(path, "--dump-header", "-")
    lines = (line.partition(":") for line in answer.splitlines())
    return next((value.strip() for key, _, value in lines if key.lower() == "x-cache"), "")


@contextmanager
def _ports(shop, pods):
    """Give a port of this machine for each pod."""
    words = ["kubectl", "--namespace", shop.namespace, "port-forward"]
    with ExitStack() as stack:
        led = []
        for pod in pods:
            command = [*words, f"pod/{pod}", ":8080"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.terminate)
            # It says: Forwarding from 127.0.0.1:40123 -> 8080
            said = next(iter(process.stdout or ()))
            led.append(int(said.split(" ->")[0].rsplit(":", 1)[1]))
        yield led


def _seen(port):
    words = ["curl", "--silent", "--output", "/dev/null", "--header", f"Host: {HOST}"]
    address = f"http://127.0.0.1:{port}{STYLES}"
    return subprocess.check_output(
        [*words, "--write-out", "%header{x-cache}", address], text=True
    ).strip()
