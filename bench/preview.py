"""How long a preview takes: offline, by the real engine, and for a fleet of shops.

Ratios of one run on one machine; `make bench` prints them. The engine needs the pulumi CLI on the
PATH and KUBECONFIG; without them that line says so.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from offline import StackFile, find_stack_file, read_stack_file, run  # noqa: E402

FLEETS = (1, 10, 100)


def main() -> None:
    """Measure and print."""
    command = [sys.executable, "-m", "operate", "preview", "--offline"]
    offline = measure(lambda: _quietly(command))
    print(f"offline preview, one process    {offline:6.2f} s   1.0")
    engine = engine_preview()
    if engine is None:
        print("engine preview                  skipped: needs pulumi on the PATH and KUBECONFIG")
    else:
        print(f"engine preview (pulumi preview) {engine:6.2f} s  {engine / offline:4.1f}")
    dev = read_stack_file(find_stack_file(ROOT, "dev"))
    run(dev)
    single = None
    for size in FLEETS:
        spent = measure(lambda size=size: [run(shop(dev, number)) for number in range(size)], 1)
        single = single or spent
        print(f"{size:3d} shops in one process         {spent:6.2f} s  {spent / single:4.1f}")


def _quietly(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603


def measure(work: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of some times, in seconds."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def shop(dev: StackFile, number: int) -> StackFile:
    """Return the stack file of one of many customers."""
    tree = {**dev.shop, "customer": f"customer-{number}"}
    tree["hosts"] = {"shop": [f"shop{number}.test"], "admin": f"admin{number}.test"}
    config = {**dev.config, "openmage:shop": json.dumps(tree)}
    return replace(dev, stack=f"customer-{number}", config=config)


def engine_preview() -> float | None:
    """Return how long `pulumi preview` of a new stack takes; None where it cannot run."""
    if shutil.which("pulumi") is None or "KUBECONFIG" not in os.environ:
        return None
    context = subprocess.check_output(["kubectl", "config", "current-context"], text=True).strip()  # noqa: S607
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("__main__.py", "Pulumi.yaml"):
            shutil.copy(ROOT / name, copy)
        for name in ("stackfile", "settings", "cluster", "components", "shop", "wiring"):
            shutil.copytree(ROOT / name, copy / name)
        (copy / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
        text = (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
        (copy / "Pulumi.dev.yaml").write_text(text.replace("k3d-openmage", context))
        (copy / "state").mkdir()
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{copy}/state",
            "PULUMI_CONFIG_PASSPHRASE": "only for this measurement",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

        def pulumi(*words: str) -> None:
            subprocess.run(  # noqa: S603
                ["pulumi", *words],  # noqa: S607
                cwd=copy,
                env=environment,
                check=True,
                capture_output=True,
            )

        pulumi("stack", "init", "dev")
        return measure(lambda: pulumi("preview"))


if __name__ == "__main__":
    main()
