"""A real shop on a real cluster, brought up by the real engine."""

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation as auto

from tests.harness import ROOT

CONTEXT = "OPENMAGE_TEST_CONTEXT"
IMAGES = "OPENMAGE_TEST_IMAGES"
"""Variable that names a command which makes images known to the test cluster, from a file."""
_PROGRAM = ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml")
_PACKAGES = ("stackfile", "settings", "cluster", "components", "shop", "wiring")
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

    def __init__(self, folder: Path, customer: str = "e2e", host: str = HOST) -> None:
        """Copy the program, and load the test shop's images where that is ours to do."""
        self.namespace = f"{customer}-dev"
        self._own = {"customer": customer, "hosts": {"shop": [host], "admin": f"admin.{host}"}}
        self._folder = folder
        for file in _PROGRAM:
            shutil.copy(ROOT / file, folder / file)
        for package in _PACKAGES:
            shutil.copytree(ROOT / package, folder / package)
        (folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
        if command := os.environ.get(IMAGES):
            subprocess.run([command, ROOT / "tests" / "shop" / "images.json"], check=True)
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

    def change(self, changes: Mapping[str, Any], whole: Sequence[str] = ()) -> None:
        """Write the stack file anew: the test's own settings, and these changes.

        Sections in `whole` are taken as they are given.
        """
        from stackfile.merge import merge

        own = {
            **self._own,
            "cluster": {"context": _context()},
            "edge": {"controllerNamespace": "kube-system"},
            "media": {"accessMode": "ReadWriteMany"},
            # The test cluster has two CPUs; one of its pods is busy with one request.
            "web": {"storefront": {"autoscaling": {"maxReplicas": 3, "scaleDownSeconds": 15}}},
        }
        tree = merge(merge(self._tree["config"]["openmage:shop"], own), changes)
        tree |= {section: changes[section] for section in whole}
        file = self._folder / "Pulumi.dev.yaml"
        document = yaml.safe_load(file.read_text())
        document["config"]["openmage:shop"] = tree
        file.write_text(yaml.safe_dump(document))

    def up(self) -> auto.UpResult:
        """Bring the stack to what its file says, and wait until no pod of before serves."""
        result = self.stack.up(on_output=_log)
        # Pulumi now and then takes a Deployment for complete before its controller has seen the
        # change, and the edge keeps its connections to a pod that drains.
        wait_until(lambda: self._is_rolled_out() and not self._leaving(), 180)
        return result

    def _is_rolled_out(self) -> bool:
        deployments = self.get("deployments")
        return all(
            each["status"].get("observedGeneration") == each["metadata"]["generation"]
            and each["status"].get("updatedReplicas", 0) == each["status"].get("replicas", 0)
            and each["status"].get("availableReplicas", 0) == each["status"].get("replicas", 0)
            for each in deployments
        )

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

    def sql(self, statement: str, server: str = "database-0") -> str:
        """Ask the shop's database, as root inside its pod."""
        # A server of the operator has the password in its environment.
        word = "${MARIADB_ROOT_PASSWORD:-$(cat /run/secrets/mariadb/root-password)}"
        command = f'exec mariadb -uroot -p"{word}" -N -B openmage -e "{statement}"'
        return self.kubectl("exec", server, "--", "sh", "-c", command).strip()

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


@contextmanager
def visited(shop: Shop, most: int = 6000) -> Iterator[list[str]]:
    """Let three visitors come all the time; what is given is what they were refused."""
    failed: list[str] = []
    done = threading.Event()

    def visit() -> None:
        for _ in range(most):
            if done.is_set():
                return
            answer = shop.curl("/cart")
            if not answer.startswith("200 "):
                failed.append(answer)
            time.sleep(0.05)

    with ThreadPoolExecutor(3) as visitors:
        visits = [visitors.submit(visit) for _ in range(3)]
        try:
            yield failed
        finally:
            done.set()
        for each in visits:
            each.result()


def confirmed_orders(
    shop: Shop, seconds: float, meanwhile: Callable[[], object], host: str = HOST
) -> set[str]:
    """Let three customers order all the time; return the tokens of what the shop has confirmed."""
    stop = time.monotonic() + seconds
    run = int(time.time())

    def buy(buyer: int) -> set[str]:
        confirmed: set[str] = set()
        for number in range(2000):
            if time.monotonic() > stop:
                break
            token = f"{run}-{buyer}-{number}"
            if shop.curl(f"/checkout/place?token={token}", host=host).startswith('200 {"order"'):
                confirmed.add(token)
            time.sleep(0.1)
        return confirmed

    with ThreadPoolExecutor(3) as buyers:
        running = [buyers.submit(buy, buyer) for buyer in range(3)]
        time.sleep(5)
        meanwhile()
        return set[str]().union(*(each.result() for each in running))


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
