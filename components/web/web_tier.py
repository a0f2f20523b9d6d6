"""Pods that serve, behind one Service, in one of three topologies."""

from collections.abc import Mapping, Sequence
from typing import assert_never

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import drain_seconds
from components.kit.metadata import ShopArgs, labels, selector
from components.kit.network_policies import allow
from components.kit.pods import pod_template
from components.kit.workload import Ports, deployment
from components.web.autoscaling import autoscaler
from components.web.php import php_labels
from components.web.pods import (
    ApachePods,
    SharedPods,
    SplitPods,
    WebPodArgs,
    apache_pod,
    fpm_pod,
    nginx_pod,
    shared_pod,
)
from shop.constants import FPM_PORT, HTTP_PORT
from stackfile.values import Autoscaling

_HTTP: Ports = [{"name": "http", "port": 80, "target_port": HTTP_PORT}]
_FPM: Ports = [{"name": "fpm", "port": FPM_PORT, "target_port": FPM_PORT}]


class WebTierArgs(ShopArgs, WebPodArgs):
    """Arguments of a web tier."""

    pods: SharedPods | SplitPods | ApachePods
    """What is in the pods."""
    request_timeout: int
    """Seconds that a request may take; a pod that is stopped has as many to end it."""
    scale: int | Autoscaling
    """Number of the pods that run PHP, or what it depends on."""
    depends_on: Sequence[pulumi.Resource]
    """What a pod needs before it starts: the release, and what its web server looks up by name."""


class WebTier(pulumi.ComponentResource):
    """Pods that serve; a rollout, a drain or a change of scale loses no request."""

    service: pulumi.Output[str]
    """Name of the Service; its port 80 is named http."""

    def __init__(
        self, name: str, args: WebTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the pods, their Service, autoscaler and disruption budget."""
        super().__init__("openmage:index:WebTier", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pods = args["pods"]
        if pods["topology"] == "apache":
            service = _php(name, args, apache_pod(name, args), child)
        elif pods["topology"] == "shared":
            service = _php(name, args, shared_pod(name, args, pods), child)
        elif pods["topology"] == "split":
            service = _split(name, args, pods, child)
        else:
            assert_never(pods)
        self.service = service.metadata.name
        self.register_outputs({"service": self.service})


def fpm_address(name: str) -> str:
    """Return where the nginx of a split tier finds php-fpm; it is in the nginx files before."""
    return f"{name}-php:{FPM_PORT}"


def _php(
    name: str,
    args: WebTierArgs,
    pod: k8s.core.v1.PodSpecArgsDict,
    opts: pulumi.ResourceOptions,
    ports: Ports = _HTTP,
) -> k8s.core.v1.Service:
    """Run pods with the shop's code."""
    template = _template(args, php_labels(name, args), pod)
    needed = args["depends_on"]
    return _scaled(name, args, template, ports, opts, scale=("php", args["scale"]), needed=needed)


def _split(
    name: str, args: WebTierArgs, pods: SplitPods, opts: pulumi.ResourceOptions
) -> k8s.core.v1.Service:
    """Run php-fpm and nginx in pods of their own."""
    fpm = f"{name}-php"
    php = _php(fpm, args, fpm_pod(name, args), opts, _FPM)
    allow(fpm, args, FPM_PORT, opts, pods=selector(fpm), clients=selector(name))
    template = _template(args, labels(name, args), nginx_pod(name, args, pods))
    # nginx cannot start before the name resolves.
    needed = [*args["depends_on"], php]
    scale = ("nginx", pods["autoscaling"])
    return _scaled(name, args, template, _HTTP, opts, scale=scale, needed=needed)


def _scaled(  # noqa: PLR0913 (each is a part of the workload)
    name: str,
    args: WebTierArgs,
    template: k8s.core.v1.PodTemplateSpecArgsDict,
    ports: Ports,
    opts: pulumi.ResourceOptions,
    *,
    scale: tuple[str, int | Autoscaling],
    needed: Sequence[pulumi.Resource],
) -> k8s.core.v1.Service:
    """Run as many pods as are wanted, or as a container's load asks for."""
    container, wanted = scale
    fixed = wanted if isinstance(wanted, int) else None
    made, service = deployment(name, args, template, ports, opts, replicas=fixed, depends_on=needed)
    if not isinstance(wanted, int):
        autoscaler(name, args, made.metadata.name, container, wanted, opts)
    return service


def _template(
    args: WebTierArgs, pod_labels: Mapping[str, str], pod: k8s.core.v1.PodSpecArgsDict
) -> k8s.core.v1.PodTemplateSpecArgsDict:
    grace = drain_seconds(args["request_timeout"])
    spec: k8s.core.v1.PodSpecArgsDict = {**pod, "termination_grace_period_seconds": grace}
    return pod_template(pod_labels, spec, interruptible=True)
