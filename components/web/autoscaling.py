"""How the number of web pods follows the load."""

import pulumi
import pulumi_kubernetes as k8s

from components.kit.metadata import ShopArgs, named
from stackfile.values import Autoscaling


def autoscaler(  # noqa: PLR0913, PLR0917 (each is a part of the rule)
    name: str,
    args: ShopArgs,
    deployment: pulumi.Input[str],
    container: str,
    scaling: Autoscaling,
    opts: pulumi.ResourceOptions,
) -> None:
    """Scale a Deployment by the CPU that one of its containers uses."""
    k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name, metadata=named(name, args), spec=_spec(deployment, container, scaling), opts=opts
    )


def _spec(
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
