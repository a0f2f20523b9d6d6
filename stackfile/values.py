"""Values that settings and components share: sizes, nodes, volumes, scaling."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from stackfile.needs import Api, Named, Prerequisites
from stackfile.report import Path, Violation
from stackfile.section import Section
from stackfile.types import (
    Cpu,
    DnsName,
    LabelKey,
    LabelValue,
    Memory,
    StorageSize,
    bytes_of,
)


class Storage(Section):
    """A volume to claim."""

    size: StorageSize
    """Kubernetes quantity such as `8Gi`; it can grow but not shrink."""
    storage_class: DnsName | None = None
    """Storage class; default: the cluster's default."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield the StorageClass that the volume needs."""
        where = "/apis/storage.k8s.io/v1/storageclasses"
        yield Named((*path, "storageClass"), "StorageClass", where, self.storage_class)

    def record(self) -> dict[str, str]:
        """Return what the next update has to know of the volume."""
        return {"size": self.size, "storageClass": self.storage_class or ""}

    def refused_changes(self, path: Path, before: Mapping[str, str]) -> Iterator[Violation]:
        """Yield every change since that record that must not be made in place."""
        if bytes_of(self.size) < bytes_of(before["size"]):
            yield Violation(
                (*path, "size"),
                f"the volume has {before['size']}: it can grow but not shrink",
                f"write {before['size']} or more",
            )
        if (self.storage_class or "") != before["storageClass"]:
            yield Violation(
                (*path, "storageClass"),
                "a volume's storage class cannot change: the new volume would be empty",
                f"write {before['storageClass']}" if before["storageClass"] else "remove it",
            )


class SharedVolume(Section):
    """A volume to claim that several pods share."""

    storage: Storage
    """From the preset."""
    access_mode: Literal["ReadWriteMany", "ReadWriteOnce"] = "ReadWriteMany"
    """`ReadWriteOnce` is for single-node clusters, in dev only."""


class Amounts(Section):
    """CPU and memory."""

    cpu: Cpu
    """Kubernetes quantity: cores such as `0.5` or thousandths such as `500m`."""
    memory: Memory
    """Kubernetes quantity such as `512Mi`."""


class Resources(Section):
    """Resource requests and limits of a container."""

    requests: Amounts
    """Resources that the scheduler reserves."""
    limits: Amounts
    """Resources that the container may use at most."""

    @classmethod
    def of(cls, requests: tuple[str, str], limits: tuple[str, str]) -> "Resources":
        """Return resources from pairs of CPU and memory."""
        asked, most = (
            Amounts.model_construct(cpu=cpu, memory=memory) for cpu, memory in (requests, limits)
        )
        return cls.model_construct(requests=asked, limits=most)


class Container(NamedTuple):
    """A container, as often as it runs at most."""

    path: Path
    """Setting with its resources."""
    resources: Resources
    most: int
    """Containers at most, with those that a rollout adds."""


class Toleration(Section):
    """A taint that the pods tolerate."""

    key: LabelKey
    """Key of the taint."""
    value: LabelValue | None = None
    """Value of the taint; default: any."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; default: any."""


class Placement(Section):
    """Nodes that pods run on, and their priority."""

    node_selector: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Labels that a node must have; default: any node."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods tolerate; default: none."""
    priority_class: DnsName | None = None
    """PriorityClass of the cluster; default: the cluster's default."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield the PriorityClass that the pods need."""
        if self.priority_class is not None:
            where = "/apis/scheduling.k8s.io/v1/priorityclasses"
            yield Named((*path, "priorityClass"), "PriorityClass", where, self.priority_class)


class Autoscaling(Section):
    """Autoscaling of the storefront."""

    min_replicas: Annotated[int, Field(ge=1, le=100)]
    """Pods at rest. From the preset; at least 2 in production."""
    max_replicas: Annotated[int, Field(ge=1, le=100)]
    """Pods at most. From the preset."""
    cpu_percent: Annotated[int, Field(ge=10, le=95)] = 65
    """Target CPU utilisation in percent of the request: of PHP, or of nginx in its own pods."""
    scale_down_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long the load must stay low before pods are removed."""

    def prerequisites(self, path: Path) -> Prerequisites:
        """Yield the metrics that the autoscaler reads."""
        if self.max_replicas > self.min_replicas:
            # Without them the shop runs all the same, with as many pods as at rest.
            version = "metrics.k8s.io/v1beta1"
            yield Api((*path, "maxReplicas"), version, "metricsServer", required=False)
