"""The matrix of who reaches whom, probed on the cluster: one open or closed too many fails.

No shop runs here: a namespace gets the rendered policies, and small pods with the labels of the
shop's pods and of all other endpoints, which listen on every port and try to reach each other.
"""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from offline import read_stack_file, run
from offline.manifests import manifests
from offline.reach import End, reach
from tests.harness import ROOT, merge
from tests.live import reason_to_skip

IMAGE = "docker.io/library/php:8.4-fpm-alpine"
OURS, ELSEWHERE = "probe-reach", "probe-elsewhere"
STACKS = ("shared", "split", "varnish-terminator", "galera", "phpmyadmin", "gateway")
LISTEN = r"""
foreach (explode(',', $argv[1]) as $port) {
    if (!$socket = @stream_socket_server("tcp://0.0.0.0:$port")) { exit(1); }
    $open[] = $socket;
}
while (true) {
    $ready = $open; $write = $other = null;
    stream_select($ready, $write, $other, null);
    foreach ($ready as $socket) { fclose(stream_socket_accept($socket)); }
}
"""
CONNECT = r"""
$flags = STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT;
foreach (explode(' ', $argv[1]) as $to) {
    $socket = @stream_socket_client("tcp://$to", $code, $why, 0, $flags);
    if ($socket) { $tried[$to] = $socket; }
}
$ends = microtime(true) + 2.5;
while ($tried && microtime(true) < $ends) {
    $read = $other = null; $write = $tried;
    stream_select($read, $write, $other, 0, 200000);
    foreach ($write as $to => $socket) {
        if (stream_socket_get_name($socket, true)) { echo "$to\n"; }
        unset($tried[$to]);
    }
}
"""


def kubectl(*words, given=None, check=True):
    """Run kubectl; return what it says."""
    ended = subprocess.run(
        ["kubectl", *words], input=given, capture_output=True, text=True, check=False
    )
    assert not check or ended.returncode == 0, ended.stderr
    return ended.stdout


def name_of(number):
    return f"probe-{number}"


def pod(name, namespace, labels, ports):
    """Return a small pod that listens."""
    restricted = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    user = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    container = {
        "name": "probe",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["php", "-n", "-r", LISTEN, "--", ",".join(map(str, ports))],
        "securityContext": restricted,
        "resources": {"requests": {"cpu": "1m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "securityContext": user,
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "containers": [container],
        },
    }


@pytest.fixture(scope="module")
def namespaces():
    """Make the namespaces of the shop and of other pods; delete them at the end."""
    if reason := reason_to_skip(("kubectl",)):
        pytest.skip(reason)
    made = []

    def make(*names):
        for name in names:
            if name not in made:
                given = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
                kubectl("apply", "-f", "-", given=json.dumps(given))
                made.append(name)

    make(OURS, ELSEWHERE)
    yield make
    kubectl("delete", "namespace", *made, "--wait=false")


@pytest.fixture(params=STACKS)
def shop(request, namespaces):
    """Return the reach of a stack with the policies and pods of it on the cluster."""
    file = read_stack_file(ROOT / "stacks" / f"Pulumi.{request.param}.yaml")
    tree = merge(file.shop, {"namespace": OURS})
    graph = run(replace(file, config={**file.config, "openmage:shop": json.dumps(tree)}))
    found = reach(graph)
    policies = [m for m in manifests(graph).values() if m["kind"] == "NetworkPolicy"]
    numbers = sorted({port for protocol, port in found.ports if protocol == "TCP"})
    ends, things = {}, list(policies)
    endpoints = {name: [end] for name, end in found.pods.items()} | dict(found.others)
    for name, forms in endpoints.items():
        for end in forms:
            if end.namespace is not None and end.namespace != "kube-system":
                # Controllers that may be there for real are played elsewhere, under their names.
                space = end.namespace if end.namespace == OURS else f"probe-{end.namespace}"
                namespaces(space)
                ends[name_of(len(ends))] = (name, replace(end, namespace=space))
    things += [pod(n, end.namespace, end.labels, numbers) for n, (_, end) in ends.items()]
    renamed = json.dumps({"apiVersion": "v1", "kind": "List", "items": things})
    for space in {end.namespace for forms in endpoints.values() for end in forms} - {OURS, None}:
        renamed = (
            renamed.replace(
                f'"kubernetes.io/metadata.name": "{space}"',
                f'"kubernetes.io/metadata.name": "probe-{space}"',
            )
            if space != "kube-system"
            else renamed
        )
    kubectl("apply", "-f", "-", given=renamed)
    try:
        yield located(found, ends), numbers
    finally:
        for space in {end.namespace for _, end in ends.values()}:
            kubectl("-n", space, "delete", "pods,networkpolicies", "--all", "--wait")


def fixed():
    """Return what is on every cluster: the API server, a node's kubelet, where pods ask names."""
    [node] = json.loads(kubectl("get", "nodes", "-o", "json"))["items"][:1]
    path = f"/api/v1/nodes/{node['metadata']['name']}/proxy/configz"
    names = json.loads(kubectl("get", "--raw", path))["kubeletconfig"]["clusterDNS"]
    addresses = [each for each in node["status"]["addresses"] if each["type"] == "InternalIP"]
    chosen = ("-n", "default", "-l", "kubernetes.io/service-name=kubernetes", "-o", "json")
    [server] = json.loads(kubectl("get", "endpointslices", *chosen))["items"][:1]
    yield "kubelet", addresses[0]["address"], 10250
    yield "API server", server["endpoints"][0]["addresses"][0], server["ports"][0]["port"]
    # A Service's address stands for pods, which policies see in its place.
    yield from (("DNS", each, 53) for each in names if each.startswith("169.254."))


def located(found, ends):
    """Wait for the pods; return (name, pod, real end) of each, and who is judged by what."""
    for space in {end.namespace for _, end in ends.values()}:
        kubectl("-n", space, "wait", "--for=condition=Ready", "pod", "--all", "--timeout=180s")
    listed = json.loads(kubectl("get", "pods", "-A", "-o", "json"))["items"]
    addresses = {
        (p["metadata"]["namespace"], p["metadata"]["name"]): p["status"].get("podIP")
        for p in listed
    }
    placed = {
        number: (name, replace(end, address=addresses[end.namespace, number]))
        for number, (name, end) in ends.items()
    }
    return found, placed


def expected(found, source, destination, port):
    """Return whether the policies open a port between two, by the names they really have."""
    real = [
        End(
            end.address,
            end.namespace.removeprefix("probe-") if end.namespace != OURS else OURS,
            end.labels,
        )
        for end in (source, destination)
    ]
    return found.is_open(*real, ("TCP", port))


def reached(placed, numbers):
    """Return every (source, destination, port) that a connection came to."""
    names = {end.address: number for number, (_, end) in placed.items()}
    targets = [f"{address}:{port}" for address in names for port in numbers]
    outside = {f"{address}:{port}": name for name, address, port in fixed()}

    def probe(number):
        space = placed[number][1].namespace
        words = ("-n", space, "exec", number, "--", "php", "-n", "-r", CONNECT, "--")
        own = f"{placed[number][1].address}:"
        others = [to for to in (*targets, *outside) if not to.startswith(own)]
        for line in kubectl(*words, " ".join(others)).split():
            address, _, port = line.rpartition(":")
            yield number, outside.get(line) or names[address], int(port)

    with ThreadPoolExecutor(3) as pool:
        return {each for found in pool.map(lambda n: list(probe(n)), placed) for each in found}


def test_the_cluster_opens_what_the_matrix_says_and_nothing_else(shop):
    (found, placed), numbers = shop
    wanted = {
        (source, destination, port)
        for source, (_, out) in placed.items()
        for destination, (_, into) in placed.items()
        for port in numbers
        if source != destination
        if OURS in {out.namespace, into.namespace}
        if expected(found, out, into, port)
    }
    wanted |= {
        (source, name, port)
        for source, (_, out) in placed.items()
        for name, address, port in fixed()
        if out.namespace == OURS and found.is_open(out, End(address), ("TCP", port))
    }
    seen = set()
    for _ in range(10):
        # New rules take a second or two.
        seen = {
            each
            for each in reached(placed, numbers)
            if OURS in {placed[end][1].namespace for end in each[:2] if end in placed}
        }
        if seen == wanted:
            break
        time.sleep(3)

    def said(triples):
        return sorted(
            (placed[s][0], placed[d][0] if d in placed else d, port) for s, d, port in triples
        )

    assert said(seen - wanted) == [], "open, and should be closed"
    assert said(wanted - seen) == [], "closed, and should be open"
    assert wanted
