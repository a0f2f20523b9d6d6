"""Settings of the web tiers: containers, scaling, and on which nodes pods run."""

from typing import Annotated, Literal

from pydantic import Field

from settings import sizing
from settings._base import Section
from settings.types import Cpu, DnsName, LabelKey, LabelValue, Memory, bytes_of


class Amounts(Section):
    """CPU and memory."""

    cpu: Cpu
    """Kubernetes quantity: cores such as `0.5` or thousandths such as `500m`."""
    memory: Memory
    """Kubernetes quantity such as `512Mi`."""


class Resources(Section):
    """What a container asks for and what it may use."""

    requests: Amounts
    """What the scheduler keeps free."""
    limits: Amounts
    """What the container may use at most."""


class Toleration(Section):
    """A taint of nodes that the pods accept."""

    key: LabelKey
    """Key of the taint."""
    value: LabelValue | None = None
    """Value of the taint; default: any."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; default: any."""


class Placement(Section):
    """On which nodes pods run, and who goes first when there is no room."""

    node_selector: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Labels that a node must have; default: any node."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods accept; default: none."""
    priority_class: DnsName | None = None
    """PriorityClass of the cluster; default: the cluster's own."""


class PhpContainer(Section):
    """The container that runs PHP in a web tier."""

    resources: Resources
    """From the preset."""
    worker_memory: Memory = "128Mi"
    """Memory of one busy worker; the number of workers follows from it."""

    @property
    def workers(self) -> int:
        """How many workers fit: php-fpm's, or Apache's."""
        return sizing.fpm_workers(
            bytes_of(self.resources.limits.memory), bytes_of(self.worker_memory)
        )


class NginxContainer(Section):
    """The nginx container of a web tier."""

    resources: Resources
    """From the preset."""


class Autoscaling(Section):
    """How the number of storefront pods follows the load."""

    min_replicas: Annotated[int, Field(ge=1, le=100)]
    """Pods at rest. From the preset; at least 2 in production."""
    max_replicas: Annotated[int, Field(ge=1, le=100)]
    """Pods at most. From the preset."""
    cpu_percent: Annotated[int, Field(ge=10, le=95)] = 65
    """CPU to aim at, in percent of the request: of PHP, or of nginx where it has its own."""
    scale_down_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long the load must have been lower before pods go."""


class ScaledNginx(NginxContainer):
    """nginx in pods of its own."""

    autoscaling: Autoscaling


class ApacheStorefront(Section):
    """The pods that customers see, with one container."""

    autoscaling: Autoscaling
    php: PhpContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=600)] = 60
    """How long a request may take."""
    placement: Placement = Placement()


class SharedStorefront(ApacheStorefront):
    """The pods that customers see."""

    nginx: NginxContainer


class SplitStorefront(ApacheStorefront):
    """The pods that customers see: php-fpm, and nginx apart from it."""

    nginx: ScaledNginx


class ApacheAdmin(Section):
    """The pods of the admin area, with one container."""

    replicas: Annotated[int, Field(ge=1, le=20)] = 1
    """Number of pods."""
    php: PhpContainer
    request_timeout_seconds: Annotated[int, Field(ge=5, le=3600)] = 300
    """How long a request may take; imports and mass actions are slow."""
    placement: Placement = Placement()


class SharedAdmin(ApacheAdmin):
    """The pods of the admin area."""

    nginx: NginxContainer
