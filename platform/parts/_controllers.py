"""The two controllers, which behave the same towards shops."""

from collections.abc import Mapping
from typing import Any, NamedTuple, assert_never

from parts._charts import Chart, chart
from values.gateways import Controller, EnvoyGateway, LoadBalancer, TraefikGateway


class Installed(NamedTuple):
    """How a controller is installed."""

    namespace: str
    class_controller: str
    """Controller name for GatewayClasses."""
    chart: Chart
    values: Mapping[str, Any]
    """Helm values that depend on the settings."""
    definitions: Chart | None = None
    """CRDs of its own."""
    proxy: Mapping[str, Any] | None = None
    """Spec of the EnvoyProxy, the template for the pods of each Gateway."""


def installed(controller: Controller, *, monitored: bool) -> Installed:
    """Return how a controller is installed."""
    match controller:
        case TraefikGateway():
            return Installed(
                namespace="traefik",
                class_controller="traefik.io/gateway-controller",
                chart=chart("traefik"),
                values=_traefik(controller, monitored=monitored),
            )
        case EnvoyGateway():
            return Installed(
                namespace="envoy-gateway-system",
                class_controller="gateway.envoyproxy.io/gatewayclass-controller",
                chart=chart("gateway-helm"),
                values={},
                definitions=chart("gateway-crds-helm"),
                proxy=_envoy_proxy(controller),
            )
        case _:
            assert_never(controller)


def _traefik(traefik: TraefikGateway, *, monitored: bool) -> dict[str, Any]:
    service = traefik.load_balancer
    return {
        "deployment": {"replicas": traefik.replicas},
        "ingressClass": {"name": traefik.class_name},
        "service": {"annotations": service.annotations, "spec": _service(service)},
        "metrics": {
            "prometheus": {
                "service": {"enabled": monitored},
                "serviceMonitor": {"enabled": monitored},
            }
        },
    }


def _envoy_proxy(envoy: EnvoyGateway) -> dict[str, Any]:
    service = _service(envoy.load_balancer)
    if envoy.load_balancer.annotations:
        service["annotations"] = envoy.load_balancer.annotations
    resources = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}
    return {
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyDeployment": {
                    "replicas": envoy.replicas,
                    "container": {"resources": resources},
                },
                "envoyPDB": {"maxUnavailable": 1},
                "envoyService": service,
            },
        },
        "shutdown": {"drainTimeout": "60s", "minDrainDuration": "10s"},
    }


def _service(balancer: LoadBalancer) -> dict[str, Any]:
    service: dict[str, Any] = {"type": balancer.type}
    if balancer.type != "ClusterIP":
        # Otherwise the client's address would be replaced by a node's.
        service["externalTrafficPolicy"] = "Local"
    if balancer.source_ranges:
        service["loadBalancerSourceRanges"] = balancer.source_ranges
    return service
