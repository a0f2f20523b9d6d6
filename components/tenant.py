"""The namespace of a shop, closed by default."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, labels, named
from components.kit.network_policies import EgressRule, Peer, outbound_policy
from components.kit.pod_security import restrict
from components.kit.volumes import Retention, keep
from components.kit.workload import after

_REGISTRIES = "registry-credentials"


class Resolver(TypedDict):
    """A DNS server that pods may query."""

    peers: Sequence[Peer]
    """Who they are."""
    ports: Sequence[int]
    """Ports, UDP and TCP."""


class Quota(TypedDict):
    """Quota for all pods of the shop together."""

    cpu: str
    """Sum of CPU requests, a Kubernetes quantity."""
    memory: str
    """Sum of memory limits, a Kubernetes quantity."""
    pods: int
    """Maximum number of pods that have not terminated."""
    load_balancers: int
    """Maximum number of LoadBalancer Services: only the edge may have any."""
    node_ports: int
    """Maximum number of node ports; each port of such a Service uses one."""


class TenantArgs(ShopArgs):
    """Arguments of a tenant; `namespace` is the name of the Namespace to make."""

    create: bool
    """Whether the namespace is made; if not, it must exist."""
    registries: pulumi.Output[str] | None
    """Credentials of private registries, as Docker keeps them; None if there are none."""
    retention: Retention
    """Whether the namespace and all data in it outlive the stack."""
    quota: Quota
    """Quota for everything in the namespace."""
    dns: Sequence[Resolver]
    """Whom every pod may ask for names."""
    egress: Sequence[EgressRule]
    """Networks outside the cluster that the shop's code may reach."""


class Tenant(pulumi.ComponentResource):
    """A namespace with Pod Security `restricted` and default-deny network policies."""

    namespace: pulumi.Output[str]
    """Name of the Namespace."""
    service_account: pulumi.Output[str]
    """Name of all pods' ServiceAccount: it has no permissions and its token is never mounted."""
    pull_secrets: Sequence[str]
    """Names of the Secrets with the registries' credentials, which are there before any pod."""

    def __init__(
        self, name: str, args: TenantArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the namespace and deny all traffic by default."""
        super().__init__("openmage:index:Tenant", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args["create"]:
            namespace = k8s.core.v1.Namespace(
                name, metadata=_namespace(name, args), opts=keep(args["retention"], child)
            )
            self.namespace = namespace.metadata.name
        else:
            self.namespace = pulumi.Output.from_input(args["namespace"])
        inside = args.copy()
        inside["namespace"] = self.namespace
        credentials = list(_credentials(f"{name}-registries", inside, child))
        self.pull_secrets = [_REGISTRIES] if credentials else []
        account = k8s.core.v1.ServiceAccount(
            f"{name}-pods",
            metadata=named("shop", inside),
            automount_service_account_token=False,
            # Every pod waits for this account, and so for the credentials of its images.
            opts=after(credentials, child),
        )
        k8s.core.v1.ResourceQuota(
            f"{name}-quota", metadata=named("shop", inside), spec=_quota(args["quota"]), opts=child
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-deny",
            metadata=named("default-deny", inside),
            spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
            opts=child,
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-dns", metadata=named("dns", inside), spec=_dns(args["dns"]), opts=child
        )
        outbound_policy(f"{name}-outbound", inside, args["egress"], child)
        self.service_account = account.metadata.name
        self.register_outputs(
            {"namespace": self.namespace, "service_account": self.service_account}
        )


def _namespace(name: str, args: TenantArgs) -> k8s.meta.v1.ObjectMetaArgsDict:
    return {
        "name": args["namespace"],
        "labels": {**labels(name, args), **restrict("restricted")},
    }


def _credentials(
    name: str, args: TenantArgs, opts: pulumi.ResourceOptions
) -> Iterator[k8s.core.v1.Secret]:
    """Make the Secret under a fixed name: new credentials roll no pods."""
    if args["registries"] is not None:
        yield k8s.core.v1.Secret(
            name,
            metadata=named(_REGISTRIES, args),
            type="kubernetes.io/dockerconfigjson",
            string_data={".dockerconfigjson": args["registries"]},
            opts=opts,
        )


def _quota(quota: Quota) -> k8s.core.v1.ResourceQuotaSpecArgsDict:
    return {
        "hard": {
            "requests.cpu": quota["cpu"],
            "limits.memory": quota["memory"],
            "pods": str(quota["pods"]),
            # Only the edge is public: no other Service may be exposed.
            "services.loadbalancers": str(quota["load_balancers"]),
            "services.nodeports": str(quota["node_ports"]),
        }
    }


def _dns(resolvers: Sequence[Resolver]) -> k8s.networking.v1.NetworkPolicySpecArgsDict:
    return {
        "pod_selector": {},
        "policy_types": ["Egress"],
        "egress": [
            {
                "to": each["peers"],
                "ports": [
                    {"protocol": protocol, "port": port}
                    for port in each["ports"]
                    for protocol in ("UDP", "TCP")
                ],
            }
            for each in resolvers
        ],
    }
