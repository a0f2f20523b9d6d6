"""Claims about databases of several servers, where the cluster has mariadb-operator."""

import json
import subprocess

import pytest

from tests import live
from tests.live import Shop, confirmed_orders, wait_until


def operator():
    """Return namespace and image of the cluster's mariadb-operator; None if it has none."""
    if live.reason_to_skip():
        return None
    asked = ["kubectl", "get", "deployments", "--all-namespaces", "-o", "json"]
    for each in json.loads(subprocess.check_output(asked))["items"]:
        if each["metadata"]["name"] == "mariadb-operator" and each["status"].get("readyReplicas"):
            [container] = each["spec"]["template"]["spec"]["containers"]
            return each["metadata"]["namespace"], container["image"]
    return None


OPERATOR = operator()
pytestmark = pytest.mark.skipif(OPERATOR is None, reason="the cluster has no mariadb-operator")


class Servers:
    """A shop whose database has three servers."""

    def __init__(self, folder, mode):
        """Bring the shop up."""
        namespace, image = OPERATOR or ("", "")
        self.host = f"{mode}.test"
        self.shop = Shop(folder, mode, self.host)
        database = {
            "mode": mode,
            "replicas": 3,
            "operatorNamespace": namespace,
            "operatorImage": image,
            # The test cluster has one node.
            "spread": "preferred",
            "storage": {"size": "1Gi"},
            **({"rebuildAfterMinutes": 1} if mode == "replicated" else {}),
        }
        self.shop.change({"database": database, "media": {"storage": {"size": "1Gi"}}})
        self.shop.up()

    def primary(self):
        """Return the pod that is written to, once all three are well."""
        wait_until(lambda: self._condition() == "True", 240, 2)
        return self.shop.get("mariadb")[0]["status"]["currentPrimary"]

    def _condition(self):
        conditions = self.shop.get("mariadb")[0]["status"]["conditions"]
        return next(each["status"] for each in conditions if each["type"] == "Ready")

    def orders(self, server):
        """Return the tokens of all orders that a server has."""
        return self.shop.sql("SELECT token FROM sales_flat_order", server).split()


@pytest.fixture(scope="module", params=["replicated", "galera"])
def servers(request, tmp_path_factory):
    made = Servers(tmp_path_factory.mktemp(request.param), request.param)
    yield made
    made.shop.stack.destroy()


def test_losing_the_primary_loses_no_confirmed_order_on_any_server(servers):
    for words in ([], ["--force", "--grace-period=0"]):
        primary = servers.primary()
        delete = ("delete", "pod", primary, "--wait=false", *words)

        def lose(delete=delete):
            servers.shop.kubectl(*delete)

        confirmed = confirmed_orders(servers.shop, 35, lose, servers.host)
        assert len(confirmed) > 50
        assert servers.primary() != primary
        for number in range(3):
            stored = servers.orders(f"database-{number}")
            assert confirmed - set(stored) == set()
            assert len(stored) == len(set(stored))


def test_an_update_of_the_same_settings_changes_nothing(servers):
    assert set(servers.shop.steps(servers.shop.stack.up)) == {"same"}


def test_a_replica_that_has_lost_its_data_is_filled_again(servers):
    primary = servers.primary()
    lost = next(name for name in ("database-1", "database-0") if name != primary)
    before = servers.orders(primary)
    servers.shop.kubectl("delete", "pvc", f"storage-{lost}", "--wait=false")
    servers.shop.kubectl("delete", "pod", lost)

    def again():
        return servers.shop.sql("SELECT 1", lost) == "1" and servers.orders(lost) == before

    def filled():
        try:
            return again()
        except AssertionError:
            return False

    wait_until(filled, 300, 5)
