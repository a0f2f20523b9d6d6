"""Settings of what the shop's pods may reach."""

from typing import Annotated

from pydantic import Field

from stackfile.needs import Names, Prerequisites
from stackfile.networks import EVERYWHERE, INSIDE, LINK_LOCAL
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Cidr, ForeignNamespace, LabelKey, LabelValue, Port

_GOOGLE = "34.118.224.0/20"
"""Where GKE puts Services, unless it is told otherwise."""


class Egress(Section):
    """A network that the shop's code may reach."""

    cidr: Cidr
    ports: Annotated[tuple[Port, ...], Field(min_length=1, examples=[[443, 8443]])]
    """TCP ports."""


class DnsPods(Section):
    """Pods that answer the cluster's DNS."""

    namespace: Annotated[ForeignNamespace, Field(examples=["dns"])]
    """Namespace of the pods."""
    labels: Annotated[
        dict[LabelKey, LabelValue], Field(min_length=1, examples=[{"app": "unbound"}])
    ]
    """Labels of the pods."""
    ports: Annotated[tuple[Port, ...], Field(min_length=1)] = (53,)
    """Ports, UDP and TCP, that they listen on, which may differ from their Service's."""


def _pods(namespace: str, key: str, value: str, *ports: int) -> DnsPods:
    return DnsPods.model_construct(namespace=namespace, labels={key: value}, ports=ports)


class Dns(Section):
    """Where every pod may ask for names; the defaults open what the usual clusters have."""

    peers: tuple[DnsPods, ...] = (
        _pods("kube-system", "k8s-app", "kube-dns", 53, 8053),
        _pods("kube-system", "k8s-app", "coredns", 53),
        _pods("kube-system", "k8s-app", "node-local-dns", 53),
        _pods("openshift-dns", "dns.operator.openshift.io/daemonset-dns", "default", 5353),
    )
    """Pods: CoreDNS and kube-dns, their caches on the nodes, OpenShift's DNS."""
    cidrs: tuple[Cidr, ...] = (*INSIDE, *LINK_LOCAL, _GOOGLE)
    """Networks with DNS that no pod of these answers: Services, link-local caches and metadata
    servers (169.254.20.10, GKE's 169.254.169.254). Only `ports` are open."""
    ports: Annotated[tuple[Port, ...], Field(min_length=1)] = (53,)
    """Ports of `cidrs`, UDP and TCP."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield the question whether the cluster's DNS is among these."""
        pods = [(each.namespace, each.labels, each.ports) for each in self.peers]
        yield Names(path, pods, self.cidrs, self.ports)


class Network(Section):
    """Egress of the shop's pods outside its namespace."""

    dns: Dns = Dns()

    egress: tuple[Egress, ...] = tuple(
        Egress.model_construct(cidr=cidr, ports=(443,)) for cidr in EVERYWHERE
    )
    """Networks that the shop's code may reach; default: https to the internet, for payment
    providers and the like. Private networks are excluded from larger ones, so that no other pods
    and no metadata service can be reached."""
