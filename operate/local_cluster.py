"""A cluster on this machine, where Docker is there."""

import shutil
import subprocess

from offline import StackFile
from operate.engine import NotPossibleError

_TOOLS = {
    "k3d": "k3d cluster create {name} -p 80:80@loadbalancer -p 443:443@loadbalancer --wait",
    "kind": "kind create cluster --name {name} --wait 120s",
}


def create(stack_file: StackFile) -> None:
    """Make the cluster that the stack's context names: k3d-<name> or kind-<name>."""
    tool, _, name = stack_file.context.partition("-")
    if tool not in _TOOLS or not name:
        message = (
            f"the context {stack_file.context} names no local cluster: those are called"
            " kind-<name> or k3d-<name>"
        )
        raise NotPossibleError(message)
    for program, page in (
        ("docker", "https://docs.docker.com/get-started/get-docker/"),
        (tool, "https://kind.sigs.k8s.io" if tool == "kind" else "https://k3d.io"),
    ):
        if shutil.which(program) is None:
            message = f"{program} is not on the PATH: {page}"
            raise NotPossibleError(message)
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        message = "no Docker engine answers: start Docker, then try again"
        raise NotPossibleError(message)
    ended = subprocess.run(_TOOLS[tool].format(name=name).split(), check=False)
    if ended.returncode:
        message = f"{tool} failed; see above"
        raise NotPossibleError(message)
    if tool == "kind":
        print("kind brings no ingress controller: install Traefik into the namespace traefik,")
        print("https://doc.traefik.io/traefik/getting-started/kubernetes/ says how.")
