"""Every shop that claims are made about: each committed stack file, and what none of them has."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import pytest

from offline import Graph, Resource, StackFile, read_stack_file, run
from offline.graph import plain
from settings.model import Settings
from tests.harness import DEV, DIGEST, ROOT, STACK_FILES, containers, merge, pod_of, validated

_WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")
_PRODUCTION: Mapping[str, Any] = {
    "environment": "production",
    "images": {
        "php": f"registry.example.com/acme/php:1{DIGEST}",
        "mariadb": f"docker.io/library/mariadb:11.8{DIGEST}",
        "valkey": f"docker.io/valkey/valkey:8.1-alpine{DIGEST}",
        "varnish": f"docker.io/library/varnish:7.7-alpine{DIGEST}",
        "phpmyadmin": f"docker.io/library/phpmyadmin:5.2-apache{DIGEST}",
    },
    "cluster": {"server": "https://kubernetes.example.com:6443"},
}
_NGINX: Mapping[str, Any] = {"images": {"nginx": f"registry.example.com/acme/nginx:1{DIGEST}"}}
_API: Mapping[str, Any] = {"web": {"api": True}}
_PAGES: Mapping[str, Any] = {"frontendCache": {"html": True}}
_LISTED: Mapping[str, Any] = {"access": {"shop": {"allow": ["198.51.100.0/24"]}}}
_ASKED: Mapping[str, Any] = {"access": {"shop": {"basicAuth": True}}}
_RANGES: Mapping[str, Any] = {"edge": {"sourceRanges": ["198.51.100.0/24"]}}
_PORTS: Mapping[str, Any] = {
    "database": {"port": 3307, "read": {"host": "replica.mysql.example.com", "port": 3308}}
}
_NETWORKS: Mapping[str, Any] = {
    "network": {
        "egress": [{"cidr": "::/0", "ports": [443]}, {"cidr": "10.9.8.0/24", "ports": [1]}]
    },
}
_FURTHER: Mapping[str, tuple[str, tuple[Mapping[str, Any], ...]]] = {
    "production with Apache": ("apache", (_PRODUCTION, _API, _LISTED, _ASKED)),
    "production of several stores": ("multistore", (_PRODUCTION, _NGINX, _API, _LISTED, _NETWORKS)),
    "production in split pods": ("split", (_PRODUCTION, {"web": {"storefront": {"nginx": {}}}})),
    "production behind a terminator": ("load-balancer", (_PRODUCTION, _NGINX, _PAGES, _RANGES)),
    "production on ports of its own": ("external", (_PORTS,)),
    "staging for a few behind a cache": ("varnish", (_LISTED,)),
    "staging without retention": ("shared", ({"retainData": False},)),
}
"""What a stack file is changed to, by a name."""
_GIVEN = (
    *("cryptKey", "databasePassword", "databaseRootPassword", "adminPassword", "accessPassword"),
    *("sessionsPassword", "cachePassword"),
)
"""Secrets that a shop without retention is given: elsewhere they are generated."""


@dataclass(frozen=True, repr=False)
class Shop:
    """A shop, as its stack file says it and as the program registers it."""

    name: str
    stack_file: StackFile
    graph: Graph

    def __repr__(self) -> str:
        """Return the name: a failure shows it more often than is readable."""
        return self.name

    @cached_property
    def settings(self) -> Settings:
        """What the stack file asks for, with all that it leaves to defaults."""
        return validated(self.stack_file.shop)

    @cached_property
    def objects(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Kubernetes objects by kind and by their name in the cluster, secrets in clear."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for resource in self.graph:
            if resource.custom and resource.type.startswith("kubernetes:"):
                inputs = plain(resource.inputs)
                found[inputs["kind"], self.graph.names[resource.urn]] = inputs
        return found

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the specs of a kind, by name."""
        return {name: each["spec"] for (found, name), each in self.objects.items() if found == kind}

    @cached_property
    def workloads(self) -> dict[str, Resource]:
        """What has a pod template, by name."""
        return {r.name: r for r in self.graph if r.kind in _WORKLOADS}

    @cached_property
    def pods(self) -> dict[str, dict[str, Any]]:
        """Pod templates by the name of the workload."""
        return {name: pod_of(resource) for name, resource in self.workloads.items()}

    def containers(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Yield workload, pod and container of each container."""
        for name, pod in self.pods.items():
            for container in containers(pod):
                yield name, pod["spec"], container

    def container(self, workload: str, name: str) -> dict[str, Any]:
        """Return one container."""
        [found] = [each for each in containers(self.pods[workload]) if each["name"] == name]
        return found

    def web(self) -> Iterator[tuple[str, Any]]:
        """Yield each tier of web pods with its settings."""
        yield "storefront", self.settings.web.storefront
        yield "admin", self.settings.web.admin

    def files(self, workload: str, container: str | None = None) -> dict[str, str]:
        """Return what the containers of a pod find at which path: mounted text, by path."""
        pod, found = self.pods[workload]["spec"], dict[str, str]()
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        for each in containers(self.pods[workload]):
            if container is not None and each["name"] != container:
                continue
            for mount in each["volumeMounts"]:
                content = self.content(volumes[mount["name"]])
                if "subPath" in mount:
                    if mount["subPath"] in content:
                        found[mount["mountPath"]] = content[mount["subPath"]]
                else:
                    found |= {f"{mount['mountPath']}/{key}": text for key, text in content.items()}
        return found

    def content(self, volume: Mapping[str, Any]) -> dict[str, str]:
        """Return the files of a volume; a certificate that comes from elsewhere has its two."""
        if "configMap" in volume:
            return self.objects["ConfigMap", volume["configMap"]["name"]].get("data", {})
        if "secret" in volume:
            secret = self.objects.get(("Secret", volume["secret"]["secretName"]))
            if secret is None:
                assert volume["secret"]["secretName"] in self.foreign_secrets, volume
                return {"tls.crt": "", "tls.key": ""}
            return secret["stringData"]
        return {}

    @property
    def foreign_secrets(self) -> set[str]:
        """Names of the Secrets that are not created by the stack: the certificate's."""
        tls: Any = self.settings.edge.tls
        return {tls.secret_name} if tls.mode in {"secret", "letsencrypt"} else set()

    def file(self, workload: str, ending: str) -> str:
        """Return the one mounted file whose path ends so."""
        found = {p: text for p, text in self.files(workload).items() if p.endswith(ending)}
        assert len(found) == 1, (workload, ending, sorted(found))
        return found.popitem()[1]

    @property
    def topology(self) -> str:
        """How nginx, Apache and PHP stand together in the storefront."""
        return self.settings.web.topology

    @property
    def code(self) -> set[str]:
        """Names of the workloads that run the shop's code."""
        web = "storefront-php" if self.topology == "split" else "storefront"
        return {web, "admin", "cron", "release"}


def _given(stack_file: StackFile) -> StackFile:
    """Return the file with secrets that can be told apart, in place of what is encrypted."""
    config = dict(stack_file.config)
    for key in stack_file.secrets:
        name = key.removeprefix("openmage:")
        pem = {"tlsCertificate": "CERTIFICATE", "tlsPrivateKey": "PRIVATE KEY"}.get(name)
        given = f"given1{name}{'0' * 32}"[:32]
        config[key] = f"-----BEGIN {pem}-----\n{given}\n-----END {pem}-----\n" if pem else given
    return replace(stack_file, config=config)


def _changed(stack_file: StackFile, *changes: Mapping[str, Any]) -> StackFile:
    tree: Any = stack_file.shop
    for each in changes:
        tree = merge(tree, each)
    return replace(stack_file, config={**stack_file.config, "openmage:shop": json.dumps(tree)})


def _files() -> dict[str, StackFile]:
    found = {path.name: read_stack_file(path) for path in STACK_FILES}
    found |= {DEV.path.name: DEV}
    for name, (stack, changes) in _FURTHER.items():
        file = read_stack_file(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
        found[name] = _changed(file, *changes)
    last = found["staging without retention"]
    keys = frozenset(f"openmage:{key}" for key in _GIVEN)
    found["staging without retention"] = replace(last, secrets=keys)
    return {name: _given(file) for name, file in found.items()}


_SHOPS = _files()


@cache
def shop_of(name: str) -> Shop:
    """Return a shop; each is rendered once in a process."""
    return Shop(name, _SHOPS[name], run(_SHOPS[name]))


def changed(shop: Shop, *changes: Mapping[str, Any]) -> Shop:
    """Return a shop with changes of its settings."""
    file = _changed(shop.stack_file, *changes)
    return Shop(shop.name, file, run(file))


every_shop = pytest.mark.parametrize(
    "shop", [pytest.param(name, id=name) for name in _SHOPS], indirect=True
)
"""Makes a claim about every shop."""


def number(quantity: str | float) -> float:
    """Return a Kubernetes quantity as a number."""
    found = re.fullmatch(r"([0-9.]+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?", str(quantity))
    assert found, quantity
    units = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    units |= {f"{unit}i": 2.0 ** (10 * power) for power, unit in enumerate("KMGT", 1)}
    return float(found[1]) * units.get(found[2] or "", 1)
