"""Pods that serve, behind one Service, in one of three topologies."""

from collections.abc import Sequence
from typing import Literal, NotRequired

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, labels, named, selector
from components.kit.network_policies import allow
from components.kit.pods import match
from components.kit.workload import disruption_budget
from components.web.php import php_labels
from components.web.pods import (
    NginxArgs,
    WebPodArgs,
    apache_pod,
    drain_seconds,
    fpm_pod,
    nginx_pod,
    shared_pod,
)
from shop.constants import FPM_PORT, HTTP_PORT
from stackfile.values import Autoscaling


class WebTierArgs(ShopArgs, WebPodArgs):
    """What a web tier is told; it has either `replicas` or `autoscaling`."""

    topology: Literal["shared", "split", "apache"]
    """`shared`: nginx and php-fpm in each pod. `split`: in pods of their own, each scaled by
    itself. `apache`: one container."""
    nginx: NginxArgs | None
    """nginx and php-fpm; None with Apache."""
    request_timeout: int
    """Seconds that a request may take; a pod that is told to stop has them too."""
    replicas: NotRequired[int]
    autoscaling: NotRequired[Autoscaling]
    nginx_autoscaling: NotRequired[Autoscaling]
    """Scaling of nginx, in topology `split`."""
    release: k8s.batch.v1.Job
    """Job that must have ended well before a pod of this release starts."""
    after: Sequence[pulumi.Resource]
    """What the web server looks up by name when it starts."""


class WebTier(pulumi.ComponentResource):
    """Pods that serve; a rollout, a drain or a change of scale loses no request."""

    service: pulumi.Output[str]
    """Name of the Service; its port 80 is named http."""

    def __init__(
        self, name: str, args: WebTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the pods, their Service and what scales and protects them."""
        super().__init__("openmage:index:WebTier", name, None, opts)
        self._name, self._args = name, args
        # Web pods never migrate: the Release has, or there is no new pod.
        self._after: list[pulumi.Resource] = [args["release"], *args["after"]]
        nginx, scaling, scaled = args["nginx"], args.get("autoscaling"), "php"
        pod_labels = php_labels(name, args)
        if nginx is None:
            pod = apache_pod(name, args)
        elif args["topology"] == "shared":
            pod = shared_pod(name, args, nginx)
        else:
            self._php(nginx)
            pod = nginx_pod(name, args, nginx)
            scaling, scaled = args.get("nginx_autoscaling"), "nginx"
            pod_labels = labels(name, args)
        service = self._pods(name, pod_labels, pod, scaling, scaled, HTTP_PORT)
        self.service = service.metadata.name
        self.register_outputs({"service": self.service})

    def _php(self, nginx: NginxArgs) -> None:
        """Run php-fpm in pods of its own, which nginx finds by their Service."""
        name, args = f"{self._name}-php", self._args
        pod = fpm_pod(self._name, args, nginx)
        service = self._pods(
            name, php_labels(name, args), pod, args.get("autoscaling"), "php", FPM_PORT
        )
        allow(
            name,
            args,
            FPM_PORT,
            pulumi.ResourceOptions(parent=self),
            pods=selector(name),
            clients=selector(self._name),
        )
        # nginx does not start before it can resolve the name.
        self._after = [*self._after, service]

    def _pods(  # noqa: PLR0913, PLR0917 (each is a part of the workload)
        self,
        name: str,
        pod_labels: dict[str, str],
        pod: k8s.core.v1.PodSpecArgsDict,
        scaling: Autoscaling | None,
        scaled: str,
        port: int,
    ) -> k8s.core.v1.Service:
        """Run one kind of pods, behind a Service of the same name."""
        args, child = self._args, pulumi.ResourceOptions(parent=self)
        deployment = k8s.apps.v1.Deployment(
            name,
            metadata=named(name, args),
            spec=_deployment(name, args, pod_labels, pod, scaled_by_hpa=scaling is not None),
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(depends_on=self._after)
            ),
        )
        service = k8s.core.v1.Service(
            name,
            metadata=named(name, args),
            spec={"type": "ClusterIP", "selector": selector(name), "ports": [_port(port)]},
            # Pulumi waits for a Service's first endpoint: wait for the pods first.
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(depends_on=[deployment])
            ),
        )
        if scaling is not None:
            k8s.autoscaling.v2.HorizontalPodAutoscaler(
                name,
                metadata=named(name, args),
                spec=_autoscaler(deployment.metadata.name, scaled, scaling),
                opts=child,
            )
        disruption_budget(name, args, child)
        return service


def _port(port: int) -> k8s.core.v1.ServicePortArgsDict:
    if port == FPM_PORT:
        return {"name": "fpm", "port": FPM_PORT, "target_port": FPM_PORT}
    return {"name": "http", "port": 80, "target_port": port}


def _deployment(
    name: str,
    args: WebTierArgs,
    pod_labels: dict[str, str],
    pod: k8s.core.v1.PodSpecArgsDict,
    *,
    scaled_by_hpa: bool,
) -> k8s.apps.v1.DeploymentSpecArgsDict:
    spec: k8s.apps.v1.DeploymentSpecArgsDict = {
        "selector": match(selector(name)),
        # A new pod is ready before an old one goes.
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {"max_surge": 1, "max_unavailable": 0},
        },
        "min_ready_seconds": 5,
        "progress_deadline_seconds": 300,
        "revision_history_limit": 3,
        "template": {
            "metadata": {"labels": pod_labels},
            "spec": {
                **pod,
                "termination_grace_period_seconds": drain_seconds(args["request_timeout"]),
            },
        },
    }
    # Under an autoscaler the number of pods is not ours to say.
    if not scaled_by_hpa:
        spec["replicas"] = args.get("replicas", 1)
    return spec


def _autoscaler(
    deployment: pulumi.Input[str], container: str, scaling: Autoscaling
) -> k8s.autoscaling.v2.HorizontalPodAutoscalerSpecArgsDict:
    return {
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": deployment},
        "min_replicas": scaling.min_replicas,
        "max_replicas": scaling.max_replicas,
        "metrics": [
            {
                "type": "ContainerResource",
                "container_resource": {
                    "name": "cpu",
                    "container": container,
                    "target": {
                        "type": "Utilization",
                        "average_utilization": scaling.cpu_percent,
                    },
                },
            }
        ],
        "behavior": {
            "scale_up": {
                "stabilization_window_seconds": 0,
                "policies": [{"type": "Percent", "value": 100, "period_seconds": 15}],
            },
            "scale_down": {
                "stabilization_window_seconds": scaling.scale_down_seconds,
                "policies": [{"type": "Pods", "value": 1, "period_seconds": 30}],
            },
        },
    }
