"""Pods that serve: nginx and php-fpm side by side, behind one Service."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._objects import ShopArgs, named, selector
from components._php import PhpArgs, php_labels
from components._pods import Resources, match
from components._stores import disruption_budget
from components._web_pod import HTTP_PORT, drain_seconds, web_pod


class Autoscaling(TypedDict):
    """How the number of pods follows the load."""

    min_replicas: int
    max_replicas: int
    cpu_percent: int
    """CPU of the PHP containers to aim at, in percent of their request."""
    scale_down_seconds: int
    """How long the load must have been lower before pods are taken away."""


class WebTierArgs(ShopArgs, PhpArgs):
    """What a web tier is told; it has either `replicas` or `autoscaling`."""

    nginx_image: pulumi.Input[str]
    """Image with nginx and the shop's static files."""
    nginx_config: pulumi.Input[str]
    """Name of the ConfigMap with nginx.conf and what it includes."""
    php_fpm_config: pulumi.Input[str]
    """Name of the ConfigMap with php-fpm's pool."""
    php_resources: Resources
    nginx_resources: Resources
    request_timeout: int
    """Seconds that a request may take; a pod that is told to stop has them too."""
    replicas: NotRequired[int]
    autoscaling: NotRequired[Autoscaling]
    release: k8s.batch.v1.Job
    """Job that must have ended well before a pod of this release starts."""


class WebTier(pulumi.ComponentResource):
    """Pods that serve; a rollout, a drain or a change of scale loses no request."""

    service: pulumi.Output[str]
    """Name of the Service; its port 80 is named http."""

    def __init__(
        self, name: str, args: WebTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the pods, their Service and what scales and protects them."""
        super().__init__("openmage:index:WebTier", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        deployment = k8s.apps.v1.Deployment(
            name,
            metadata=named(name, args),
            spec=_deployment(name, args),
            # Web pods never migrate: the Release has, or there is no new pod.
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(depends_on=[args["release"]])
            ),
        )
        service = k8s.core.v1.Service(
            name,
            metadata=named(name, args),
            spec={
                "type": "ClusterIP",
                "selector": selector(name),
                "ports": [{"name": "http", "port": 80, "target_port": HTTP_PORT}],
            },
            # Pulumi waits for a Service's first endpoint: wait for the pods first.
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(depends_on=[deployment])
            ),
        )
        if "autoscaling" in args:
            k8s.autoscaling.v2.HorizontalPodAutoscaler(
                name,
                metadata=named(name, args),
                spec=_autoscaler(deployment.metadata.name, args["autoscaling"]),
                opts=child,
            )
        disruption_budget(name, args, child)
        self.service = service.metadata.name
        self.register_outputs({"service": self.service})


def _deployment(name: str, args: WebTierArgs) -> k8s.apps.v1.DeploymentSpecArgsDict:
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
            "metadata": {"labels": php_labels(name, args)},
            "spec": {
                **web_pod(
                    name,
                    args,
                    nginx_image=args["nginx_image"],
                    nginx_config=args["nginx_config"],
                    php_fpm_config=args["php_fpm_config"],
                    php_resources=args["php_resources"],
                    nginx_resources=args["nginx_resources"],
                ),
                "termination_grace_period_seconds": drain_seconds(args["request_timeout"]),
            },
        },
    }
    # Under an autoscaler the number of pods is not ours to say.
    if "replicas" in args:
        spec["replicas"] = args["replicas"]
    return spec


def _autoscaler(
    deployment: pulumi.Input[str], scaling: Autoscaling
) -> k8s.autoscaling.v2.HorizontalPodAutoscalerSpecArgsDict:
    return {
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": deployment},
        "min_replicas": scaling["min_replicas"],
        "max_replicas": scaling["max_replicas"],
        "metrics": [
            {
                "type": "ContainerResource",
                "container_resource": {
                    "name": "cpu",
                    "container": "php",
                    "target": {
                        "type": "Utilization",
                        "average_utilization": scaling["cpu_percent"],
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
                "stabilization_window_seconds": scaling["scale_down_seconds"],
                "policies": [{"type": "Pods", "value": 1, "period_seconds": 30}],
            },
        },
    }
