"""Claims about the PHP between OpenMage and its stores."""

import json
import shutil
import subprocess

import pytest

from shop.render import includes
from tests.private_shop import PrivateShop, Servers, reason_to_skip

# As Colin Mollenhour's libraries have them: what is connected takes no options any more.
_LIBRARIES = """
class Credis_Client {
    public array $options = [];
    public function setTlsOptions(array $options) { $this->options = $options; }
}
class Cm_Cache_Backend_Redis {
    public function __construct() { $this->_applyClientOptions(new Credis_Client(), true); }
    protected function _applyClientOptions(
        Credis_Client $client, $forceSelect = false, $clientOptions = null
    ) {
        echo json_encode([$client->options, $forceSelect]);
    }
}
"""


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_the_cache_is_told_its_authority_before_it_connects(tmp_path):
    (tmp_path / "includes.php").write_text(includes())
    (tmp_path / "libraries.php").write_text(f"<?php {_LIBRARIES}")
    code = (
        "require 'includes.php'; require 'libraries.php';"
        " class_exists('OpenMage_Kubernetes_Cache_Tls') || exit(1);"
        " new OpenMage_Kubernetes_Cache_Tls();"
    )
    ended = subprocess.run(
        ["php", "-n", "-r", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(ended.stdout) == [{"cafile": "/etc/openmage/cache-ca.pem"}, True]


REASON = reason_to_skip()


@pytest.mark.skipif(REASON is not None, reason=REASON or "")
def test_a_release_that_no_visitor_could_use_fails_before_the_old_one_goes(tmp_path):
    with Servers(tmp_path / "servers").running() as servers:
        shop = PrivateShop(tmp_path, servers, "shop")
        file = shop.code / "app/etc/local.xml"
        head, _, tail = file.read_text().partition("<redis_session>")
        # No server listens there.
        wrong = tail.replace(f"<port>{servers.redis}</port>", "<port>1</port>", 1)
        assert wrong != tail
        file.write_text(f"{head}<redis_session>{wrong}")
        status, _, stderr = shop.release()
    assert status == 1
    assert "no connection to the session store" in stderr
