"""The VCL of every stack that has a Varnish, as Varnish itself reads it."""

import shutil
import subprocess

import pytest

from offline import read_stack_file, run
from tests.harness import ROOT, Graph, data, deploy

STACKS = sorted(
    path
    for path in (ROOT / "stacks").glob("Pulumi.*.yaml")
    if read_stack_file(path).shop.get("frontendCache", {}).get("mode") == "varnish"
)
pytestmark = pytest.mark.skipif(
    shutil.which("varnishd") is None, reason="varnishd is not on the PATH"
)


def compiled(graph: Graph, tmp_path, change=("", "")):
    """Return how varnishd's compiler has ended, and what it said."""
    vcl = data(graph, "frontend-cache-config")["default.vcl"].replace(*change)
    # Names of services are resolved when VCL is compiled, and there is no cluster here.
    host = '.host = "storefront"'
    assert host in vcl
    (tmp_path / "default.vcl").write_text(vcl.replace(host, '.host = "127.0.0.1"'))
    ended = subprocess.run(
        ["varnishd", "-j", "none", "-C", "-n", tmp_path / "run", "-f", tmp_path / "default.vcl"],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr


def test_stacks_with_a_varnish_were_found():
    assert {path.name for path in STACKS} >= {
        "Pulumi.varnish.yaml",
        "Pulumi.varnish-terminator.yaml",
    }


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_the_vcl_of_every_stack_compiles(path, tmp_path):
    status, said = compiled(run(read_stack_file(path)), tmp_path)
    assert status == 0, said


@pytest.mark.parametrize("html", [False, True])
def test_the_vcl_compiles_with_and_without_pages(html, tmp_path):
    graph = deploy({"frontendCache": {"mode": "varnish", "html": html}})
    status, said = compiled(graph, tmp_path)
    assert status == 0, said


def test_vcl_that_does_not_compile_would_be_noticed(tmp_path):
    graph = deploy({"frontendCache": {"mode": "varnish"}})
    status, said = compiled(graph, tmp_path, ("import std;", "import nothing;"))
    assert status != 0
    assert "nothing" in said
