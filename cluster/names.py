"""Whom a cluster's pods ask for names, and whether a shop's policies let them."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from cluster.connect import Ask, UnansweredError
from stackfile.needs import Names

_PORT = 53
_SERVICE = "/api/v1/namespaces/kube-system/services/kube-dns"
_CACHE = "/apis/apps/v1/namespaces/kube-system/daemonsets/node-local-dns"
_ENDS = ("Succeeded", "Failed")


def unopened(names: Names, ask: Ask) -> str | None:
    """Return why pods would find no names; None if they would, or if it cannot be told."""
    for address in _asked(ask):
        service = _service(address, ask)
        # A cache on each node may take what is meant for the Service: no pod is seen then.
        if service is None or _answer(ask, _CACHE):
            if not _in_networks(names, address, _PORT):
                return f"the cluster's DNS is at {address}, which the policies do not open"
        elif pods := list(_behind(service, ask)):
            closed = [pod for pod in pods if not _is_open(names, service, pod)]
            if len(closed) == len(pods):
                place = service["metadata"]
                return (
                    f"the cluster's DNS is the Service {place['namespace']}/{place['name']}, and"
                    " the policies do not open its pods"
                )
    return None


def _asked(ask: Ask) -> list[str]:
    """Return what the kubelet writes into pods' resolv.conf, else the address of kube-dns."""
    nodes = _answer(ask, "/api/v1/nodes?limit=3")
    for node in nodes.get("items", []):
        path = f"/api/v1/nodes/{node['metadata']['name']}/proxy/configz"
        if addresses := _answer(ask, path).get("kubeletconfig", {}).get("clusterDNS"):
            return addresses
    return _addresses(_answer(ask, _SERVICE))


def _service(address: str, ask: Ask) -> Mapping[str, Any] | None:
    """Return the Service with this address; policies see the pods behind it."""
    found = _answer(ask, _SERVICE)
    if address in _addresses(found):
        return found
    listed = _answer(ask, f"/api/v1/services?fieldSelector=spec.clusterIP={address}")
    return next((each for each in listed.get("items", []) if address in _addresses(each)), None)


def _addresses(service: Mapping[str, Any]) -> list[str]:
    spec = service.get("spec", {})
    return spec.get("clusterIPs") or ([spec["clusterIP"]] if "clusterIP" in spec else [])


def _behind(service: Mapping[str, Any], ask: Ask) -> Iterator[Mapping[str, Any]]:
    chosen: Mapping[str, str] = service["spec"].get("selector") or {}
    if selector := ",".join(f"{key}={value}" for key, value in chosen.items()):
        path = f"/api/v1/namespaces/{service['metadata']['namespace']}/pods"
        for pod in _answer(ask, f"{path}?labelSelector={selector}").get("items", []):
            if pod.get("status", {}).get("phase") not in _ENDS:
                yield pod


def _is_open(names: Names, service: Mapping[str, Any], pod: Mapping[str, Any]) -> bool:
    metadata, port = pod["metadata"], _port(service, pod)
    labels = metadata.get("labels", {}).items()
    if any(
        namespace == metadata["namespace"] and wanted.items() <= labels and port in ports
        for namespace, wanted, ports in names.pods
    ):
        return True
    address = pod.get("status", {}).get("podIP")
    return address is not None and _in_networks(names, address, port)


def _port(service: Mapping[str, Any], pod: Mapping[str, Any]) -> int:
    """Return the port that the pod answers at: policies see this one, not the Service's."""
    ports = [each for each in service["spec"].get("ports", []) if each["port"] == _PORT]
    target = ports[0].get("targetPort", _PORT) if ports else _PORT
    if isinstance(target, int):
        return target
    named = [p for each in pod["spec"]["containers"] for p in each.get("ports", [])]
    return next((p["containerPort"] for p in named if p.get("name") == target), _PORT)


def _in_networks(names: Names, address: str, port: int) -> bool:
    networks = map(ip_network, names.cidrs)
    return port in names.ports and any(ip_address(address) in each for each in networks)


def _answer(ask: Ask, path: str) -> Mapping[str, Any]:
    """Return an answer; nothing if it is forbidden, or the node does not answer."""
    try:
        return ask(path) or {}
    except UnansweredError:
        return {}
