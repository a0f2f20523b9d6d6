"""Claims about the PHP between OpenMage and its database."""

import json
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest

from shop.render import includes
from tests.harness import data, deploy

CA = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
EXTERNAL = {"mode": "external", "host": "db.example.com", "cidrs": ["10.2.0.0/24"], "ca": CA}
# As OpenMage has it: a connection type makes its adapter of the node in local.xml.
_OPENMAGE = """
class Mage_Core_Model_Resource_Type_Db_Pdo_Mysql {
    public function getConnection(array $config) { return $this->_getDbAdapterInstance($config); }
    protected function _getDbAdapterInstance($configArr) { return $configArr; }
}
"""


def options(tmp_path, kind):
    (tmp_path / "includes.php").write_text(includes())
    (tmp_path / "openmage.php").write_text(f"<?php {_OPENMAGE}")
    code = (
        "require 'includes.php'; require 'openmage.php';"
        f"$made = (new {kind}())->getConnection(['host' => 'h']);"
        "echo json_encode([$made['host'], $made['driver_options'][PDO::ATTR_TIMEOUT],"
        " count($made['driver_options'])]);"
    )
    ended = subprocess.run(
        ["php", "-d", "display_errors=stderr", "-r", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ended.stdout)


def kind_of(graph):
    """Return the class that OpenMage takes for its connection."""
    local = ET.fromstring(data(graph, "config")["local.xml"])
    kind = local.findtext(".//default_setup/connection/type")
    return local.findtext(f"global/resource/connection/types/{kind}/class")


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_a_server_that_does_not_answer_holds_no_worker_for_longer_than_two_seconds(tmp_path):
    kind = kind_of(deploy({}))
    assert options(tmp_path, kind) == ["h", 2, 1]


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_a_server_with_a_ca_is_checked_as_well(tmp_path):
    kind = kind_of(deploy({"database": EXTERNAL}, secrets={"databasePassword": "a1" * 16}))
    assert options(tmp_path, kind) == ["h", 2, 3]
