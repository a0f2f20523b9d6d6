"""A cluster on this machine, where Docker is there."""

import json

from offline import StackFile
from operate import docker
from operate.engine import NotPossibleError

PAGES = {"k3d": "https://k3d.io", "kind": "https://kind.sigs.k8s.io"}
"""The programs that make clusters, each with the page that tells how to get it."""
K3S = "docker.io/rancher/k3s:v1.35.5-k3s1"
"""The release of Kubernetes that k3d starts, whatever its own default is."""
NODE_PORTS = {80: 30080, 443: 30443}
"""Ports of this machine, and kind's that platform/Pulumi.dev.yaml gives to Traefik."""
_ADDRESS = "127.0.0.1"
"""Nobody else in this machine's network sees the shop."""
_KUBECTL = ("kubectl", "https://kubernetes.io/docs/tasks/tools/")
_TRAEFIK_COMES = "180s"


def create(stack_file: StackFile) -> None:
    """Make the cluster that the stack's context names: k3d-<name> or kind-<name>."""
    tool, _, name = stack_file.context.partition("-")
    if tool not in PAGES or not name:
        message = (
            f"the context {stack_file.context} names no local cluster: those are called"
            " k3d-<name> or kind-<name>"
        )
        raise NotPossibleError(message)
    docker.demand((tool, PAGES[tool]), _KUBECTL)
    if tool == "k3d":
        _k3d(name)
    else:
        _kind(name)


def _k3d(name: str) -> None:
    """Make a cluster of one node; it brings Traefik, volumes and metrics."""
    led = [f"{_ADDRESS}:{port}:{port}@loadbalancer" for port in NODE_PORTS]
    ports = [word for each in led for word in ("-p", each)]
    docker.succeed(["k3d", "cluster", "create", name, "--image", K3S, *ports, "--wait"])
    # It is installed after the cluster is there, and shops are refused until then.
    kubectl = ["kubectl", "--context", f"k3d-{name}", "--namespace", "kube-system"]
    timeout = f"--timeout={_TRAEFIK_COMES}"
    docker.succeed([*kubectl, "wait", "--for=create", "ingressclass/traefik", timeout])
    docker.succeed([*kubectl, "rollout", "status", "deployment/traefik", timeout])
    print("\nThe cluster is there; `make images` builds OpenMage for it, `make up` brings it up.")


def _kind(name: str) -> None:
    """Make a cluster of one node; it brings volumes."""
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
    print("\nThe cluster is there. kind brings no ingress controller: `make platform-up` installs")
    print("Traefik, and the stack file says edge.controllerNamespace: traefik.")
