"""Pods that serve, behind one Service, in one of three topologies."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired

import pulumi
import pulumi_kubernetes as k8s

from components.kit.containers import drain_seconds
from components.kit.metadata import ShopArgs, labels, selector
from components.kit.network_policies import allow
from components.kit.workload import Ports, deployment
from components.web.autoscaling import autoscaler
from components.web.php import php_labels
from components.web.pods import NginxArgs, WebPodArgs, apache_pod, fpm_pod, nginx_pod, shared_pod
from shop.constants import FPM_PORT, HTTP_PORT
from stackfile.values import Autoscaling

_HTTP: Ports = [{"name": "http", "port": 80, "target_port": HTTP_PORT}]
_FPM: Ports = [{"name": "fpm", "port": FPM_PORT, "target_port": FPM_PORT}]


class WebTierArgs(ShopArgs, WebPodArgs):
    """Arguments of a web tier; it has either `replicas` or `autoscaling`."""

    topology: Literal["shared", "split", "apache"]
    """`shared`: nginx and php-fpm in each pod. `split`: in separate pods, each scaled on its
    own. `apache`: one container."""
    nginx: NginxArgs | None
    """nginx and php-fpm; None with Apache."""
    request_timeout: int
    """Seconds that a request may take; a pod that is stopped has as many to end it."""
    replicas: NotRequired[int]
    """Number of pods."""
    autoscaling: NotRequired[Autoscaling]
    """Scaling of the pods that run PHP."""
    nginx_autoscaling: NotRequired[Autoscaling]
    """Scaling of nginx, in topology `split`."""
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
        nginx = args["nginx"]
        if nginx is None:
            service = _php(name, args, apache_pod(name, args), child)
        elif args["topology"] == "shared":
            service = _php(name, args, shared_pod(name, args, nginx), child)
        else:
            service = _split(name, args, nginx, child)
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
    scaling = args.get("autoscaling")
    made, service = deployment(
        name,
        args,
        _template(args, php_labels(name, args), pod),
        ports,
        opts,
        replicas=args.get("replicas", 1) if scaling is None else None,
        depends_on=args["depends_on"],
    )
    if scaling is not None:
        autoscaler(name, args, made.metadata.name, "php", scaling, opts)
    return service


def _split(
    name: str, args: WebTierArgs, nginx: NginxArgs, opts: pulumi.ResourceOptions
) -> k8s.core.v1.Service:
    """Run php-fpm and nginx in pods of their own."""
    fpm = f"{name}-php"
    php = _php(fpm, args, fpm_pod(name, args, nginx), opts, _FPM)
    allow(fpm, args, FPM_PORT, opts, pods=selector(fpm), clients=selector(name))
    scaling = args.get("nginx_autoscaling")
    made, service = deployment(
        name,
        args,
        _template(args, labels(name, args), nginx_pod(name, args, nginx)),
        _HTTP,
        opts,
        replicas=args.get("replicas", 1) if scaling is None else None,
        # nginx cannot start before the name resolves.
        depends_on=[*args["depends_on"], php],
    )
    if scaling is not None:
        autoscaler(name, args, made.metadata.name, "nginx", scaling, opts)
    return service


def _template(
    args: WebTierArgs, pod_labels: Mapping[str, str], pod: k8s.core.v1.PodSpecArgsDict
) -> k8s.core.v1.PodTemplateSpecArgsDict:
    grace = drain_seconds(args["request_timeout"])
    return {
        "metadata": {"labels": pod_labels},
        "spec": {**pod, "termination_grace_period_seconds": grace},
    }
