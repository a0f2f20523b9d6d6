"""What a running shop requests and what it really uses: `python bench/resources.py NAMESPACE`."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from stackfile.types import bytes_of, millicores


def main() -> None:
    """Print one line a container, and the sums."""
    namespace = sys.argv[1]
    requested = requests(namespace)
    print(f"{'pod':28} {'container':9} {'CPU':>12} {'memory MiB':>14}   used/requested")
    total = [0, 0, 0, 0]
    for line in kubectl(
        "top", "pods", "--containers", "--no-headers", "-n", namespace
    ).splitlines():
        pod, container, cpu, memory = line.split()
        if (pod, container) not in requested:
            continue
        asked_cpu, asked_memory = requested[pod, container]
        used = (millicores(cpu), bytes_of(memory))
        print(
            f"{pod[:28]:28} {container:9} {used[0]:4d}/{asked_cpu:4d} m"
            f" {used[1] // 2**20:6d}/{asked_memory // 2**20:6d}"
            f"   {used[1] / asked_memory:5.0%} of memory"
        )
        total = [a + b for a, b in zip(total, (*used, asked_cpu, asked_memory), strict=True)]
    print(
        f"{'all':38} {total[0]:4d}/{total[2]:4d} m {total[1] // 2**20:6d}/{total[3] // 2**20:6d}"
        f"   {total[1] / total[3]:5.0%} of memory"
    )


def requests(namespace: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return what each running container requests: thousandths of CPU, and bytes."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for pod in json.loads(kubectl("get", "pods", "-o", "json", "-n", namespace))["items"]:
        if pod["status"]["phase"] != "Running":
            continue
        for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
            asked = container["resources"]["requests"]
            found[pod["metadata"]["name"], container["name"]] = (
                millicores(asked["cpu"]),
                bytes_of(asked["memory"]),
            )
    return found


def kubectl(*words: str) -> str:
    """Ask the cluster of $KUBECONFIG."""
    return subprocess.check_output(["kubectl", *words], text=True)  # noqa: S603, S607


if __name__ == "__main__":
    main()
