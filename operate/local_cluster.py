"""A cluster on this machine, where Docker is there."""

from offline import StackFile
from operate import docker
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
    docker.demand((tool, "https://kind.sigs.k8s.io" if tool == "kind" else "https://k3d.io"))
    docker.succeed(_TOOLS[tool].format(name=name).split())
    if tool == "kind":
        print("kind brings no ingress controller: install Traefik into the namespace traefik,")
        print("https://doc.traefik.io/traefik/getting-started/kubernetes/ says how.")
