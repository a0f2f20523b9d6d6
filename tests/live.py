"""A real shop on a real cluster, brought up by the real engine."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation as auto

from tests.harness import ROOT

CONTEXT = "OPENMAGE_TEST_CONTEXT"
_IMAGES = ROOT.parent / "shared" / "cluster" / "images"
_PROGRAM = ("__main__.py", "cluster.py", "Pulumi.yaml", "Pulumi.dev.yaml")
_PACKAGES = ("settings", "components", "shop", "wiring")
HOST, ADMIN = "shop.test", "admin.shop.test"


def reason_to_skip(programs: Sequence[str] = ("pulumi", "kubectl")) -> str | None:
    """Return why there can be no live shop; None if there can."""
    for program in programs:
        if shutil.which(program) is None:
            return f"{program} is not on the PATH"
    if "KUBECONFIG" not in os.environ:
        return "KUBECONFIG names no cluster to test on"
    asked = subprocess.run(["kubectl", "get", "--raw", "/readyz"], capture_output=True, check=False)
    return "the cluster does not answer" if asked.returncode else None


class Shop:
    """The dev stack in a copy of the project, on the cluster of $KUBECONFIG."""

    def __init__(self, folder: Path) -> None:
        """Copy the program, and load the test shop's images where that is ours to do."""
        self.namespace = "e2e-dev"
        self._folder = folder
        for file in _PROGRAM:
            shutil.copy(ROOT / file, folder / file)
        for package in _PACKAGES:
            shutil.copytree(ROOT / package, folder / package)
        (folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
        if _IMAGES.exists():
            subprocess.run([_IMAGES, ROOT / "tests" / "shop" / "images.json"], check=True)
        self._tree = yaml.safe_load((folder / "Pulumi.dev.yaml").read_text())
        self.change({})
        self.stack = auto.create_or_select_stack("dev", work_dir=str(folder), opts=self._options())

    def _options(self) -> auto.LocalWorkspaceOptions:
        state = self._folder / "state"
        state.mkdir()
        return auto.LocalWorkspaceOptions(
            env_vars={
                "PULUMI_BACKEND_URL": f"file://{state}",
                "PULUMI_CONFIG_PASSPHRASE": "only for this test",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
            }
        )

    def change(self, changes: Mapping[str, Any]) -> None:
        """Write the stack file anew: the test's own settings, and these changes."""
        from settings.presets import merge

        own = {
            "customer": "e2e",
            "cluster": {"context": _context()},
            "hosts": {"shop": [HOST], "admin": ADMIN},
            "edge": {"controllerNamespace": "kube-system"},
            "media": {"accessMode": "ReadWriteMany"},
            # The test cluster has two CPUs; one of its pods is busy with one request.
            "web": {"storefront": {"autoscaling": {"maxReplicas": 3, "scaleDownSeconds": 15}}},
        }
        tree = merge(merge(self._tree["config"]["openmage:shop"], own), changes)
        file = self._folder / "Pulumi.dev.yaml"
        document = yaml.safe_load(file.read_text())
        document["config"]["openmage:shop"] = tree
        file.write_text(yaml.safe_dump(document))

    def up(self) -> auto.UpResult:
        """Bring the stack to what its file says, and wait until no pod of before serves."""
        result = self.stack.up(on_output=_log)
        # The edge keeps its connections to a pod that drains: answers come from old and new.
        wait_until(lambda: not self._leaving(), 120)
        return result

    def _leaving(self) -> list[str]:
        metadata = [pod["metadata"] for pod in self.get("pods")]
        return [each["name"] for each in metadata if "deletionTimestamp" in each]

    def steps(self, operation: Callable[..., Any]) -> dict[str, set[str]]:
        """Return the names of resources by what the engine does to them."""
        found: dict[str, set[str]] = {}

        def note(event: Any) -> None:
            if event.resource_pre_event:
                metadata = event.resource_pre_event.metadata
                kind, name = metadata.urn.split("::")[-2:]
                kind = kind.rsplit(":", 1)[-1]
                if kind != "Stack":
                    found.setdefault(str(metadata.op.value), set()).add(f"{kind} {name}")

        operation(on_event=note)
        return found

    def kubectl(self, *words: str, check: bool = True) -> str:
        """Run kubectl in the shop's namespace."""
        ended = subprocess.run(
            ["kubectl", "--namespace", self.namespace, *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or ended.returncode == 0, ended.stderr
        return ended.stdout

    def get(self, kind: str, selector: str = "") -> list[dict[str, Any]]:
        """Return objects."""
        words = ["get", kind, "-o", "json", *(["-l", selector] if selector else [])]
        return json.loads(self.kubectl(*words))["items"]

    def sql(self, statement: str) -> str:
        """Ask the shop's database, as root inside its pod."""
        command = (
            'exec mariadb -uroot -p"$(cat /run/secrets/mariadb/root-password)"'
            f' -N -B openmage -e "{statement}"'
        )
        return self.kubectl("exec", "database-0", "--", "sh", "-c", command).strip()

    def curl(self, path: str, *words: str, host: str = HOST, scheme: str = "http") -> str:
        """Ask through the edge on this machine; return status, a space, and the body."""
        ended = subprocess.run(
            [
                *("curl", "--silent", "--insecure", "--max-time", "30", "--path-as-is"),
                *("--resolve", f"{host}:80:127.0.0.1", "--resolve", f"{host}:443:127.0.0.1"),
                *("--write-out", "\n%{http_code}", *words, f"{scheme}://{host}{path}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        body, _, status = ended.stdout.rpartition("\n")
        return f"{status} {body}"

    def status(self, path: str, host: str = HOST, scheme: str = "http") -> int:
        """Return the status of an answer."""
        return int(self.curl(path, host=host, scheme=scheme).split(" ", 1)[0])


def wait_until(claim: Callable[[], bool], seconds: float, every: float = 1) -> None:
    """Wait until a claim is true; fail if it never is."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, f"not true after {seconds} s"
        time.sleep(every)


def _context() -> str:
    named = os.environ.get(CONTEXT)
    current = ["kubectl", "config", "current-context"]
    return named or subprocess.check_output(current, text=True).strip()


def _log(text: str) -> None:
    print(text)
