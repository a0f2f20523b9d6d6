"""A local cluster in Docker."""

import json

from offline import StackFile
from operate import docker
from operate.engine import NotPossibleError

PAGES = {"k3d": "https://k3d.io", "kind": "https://kind.sigs.k8s.io"}
"""Programs that create clusters, each with its installation page."""
K3S = "docker.io/rancher/k3s:v1.35.5-k3s1"
"""Pinned release of k3s, instead of k3d's own default."""
NODE_PORTS = {80: 30080, 443: 30443}
"""Local ports, and the kind ports that platform/Pulumi.dev.yaml assigns to Traefik."""
_ADDRESS = "127.0.0.1"
"""Keeps the shop unreachable from other machines."""
_KUBECTL = ("kubectl", "https://kubernetes.io/docs/tasks/tools/")
_TRAEFIK_COMES = "180s"


def create(stack_file: StackFile) -> None:
    """Create the cluster named by the stack's context: k3d-<name> or kind-<name>."""
    tool, _, name = stack_file.context.partition("-")
    if tool not in PAGES or not name:
        message = (
            f"the context {stack_file.context} is not a local cluster: their contexts are named"
            " k3d-<name> or kind-<name>"
        )
        raise NotPossibleError(message)
    docker.demand((tool, PAGES[tool]), _KUBECTL)
    if tool == "k3d":
        _k3d(name)
    else:
        _kind(name)


def _k3d(name: str) -> None:
    """Create a single-node k3d cluster, which includes Traefik, volumes and metrics."""
    led = [f"{_ADDRESS}:{port}:{port}@loadbalancer" for port in NODE_PORTS]
    ports = [word for each in led for word in ("-p", each)]
    docker.succeed(["k3d", "cluster", "create", name, "--image", K3S, *ports, "--wait"])
    # Traefik is installed after the cluster is up; shops cannot be deployed before.
    kubectl = ["kubectl", "--context", f"k3d-{name}", "--namespace", "kube-system"]
    timeout = f"--timeout={_TRAEFIK_COMES}"
    docker.succeed([*kubectl, "wait", "--for=create", "ingressclass/traefik", timeout])
    docker.succeed([*kubectl, "rollout", "status", "deployment/traefik", timeout])
    print("\nThe cluster is ready; `make images` builds OpenMage for it, `make up` deploys it.")


def _kind(name: str) -> None:
    """Create a single-node kind cluster, which includes volumes."""
    ports = [
        {"listenAddress": _ADDRESS, "hostPort": port, "containerPort": node}
        for port, node in NODE_PORTS.items()
    ]
    config = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "nodes": [{"role": "control-plane", "extraPortMappings": ports}],
    }
    command = ["kind", "create", "cluster", "--name", name, "--config", "-", "--wait", "120s"]
    docker.succeed(command, text=json.dumps(config))
    print("\nThe cluster is ready. kind has no ingress controller: `make platform-up` installs")
    print("Traefik; set edge.controllerNamespace: traefik in the stack file.")
