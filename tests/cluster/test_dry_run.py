"""Every committed stack file is accepted by a real API server, object by object."""

import subprocess

import pytest
import yaml

from offline import read_stack_file, run
from offline.manifests import manifests
from tests import live
from tests.harness import STACK_FILES

REASON = live.reason_to_skip(programs=("kubectl",))
pytestmark = pytest.mark.skipif(REASON is not None, reason=REASON or "")


def kubectl(*words, text=""):
    return subprocess.run(
        ["kubectl", *words], input=text, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("path", STACK_FILES, ids=lambda path: path.name)
def test_the_api_server_takes_its_objects(path):
    objects = list(manifests(run(read_stack_file(path))).values())
    [namespace] = [each for each in objects if each["kind"] == "Namespace"]
    name = "dry-run-" + path.stem.removeprefix("Pulumi.")
    namespace["metadata"]["name"] = name
    try:
        made = kubectl("apply", "--server-side", "-f", "-", text=yaml.safe_dump(namespace))
        assert made.returncode == 0, made.stderr
        for each in objects:
            if "namespace" in each["metadata"]:
                each["metadata"]["namespace"] = name
        inside = [each for each in objects if each["kind"] != "Namespace"]
        ended = kubectl(
            *("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-"),
            text=yaml.safe_dump_all(inside),
        )
        assert ended.returncode == 0, ended.stderr
        # What breaks Pod Security `restricted` is a warning where only the template has it.
        assert "would violate PodSecurity" not in ended.stderr
        assert len(ended.stdout.splitlines()) == len(inside)
    finally:
        kubectl("delete", "namespace", name, "--wait=false")
