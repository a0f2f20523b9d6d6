"""Helm values of the two controllers, which behave the same towards shops."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from parts._install import sized

CONTROLLERS = {
    "traefik": "traefik.io/gateway-controller",
    "envoy": "gateway.envoyproxy.io/gatewayclass-controller",
}
"""Controller names for GatewayClasses."""
_DRAIN_SECONDS = 60


class Entrance(TypedDict):
    """Arguments of the controller."""

    class_name: str
    """Name of the GatewayClass, and with Traefik of the IngressClass."""
    replicas: int
    service_type: Literal["LoadBalancer", "NodePort", "ClusterIP"]
    annotations: Mapping[str, str]
    """Annotations of the Service."""
    source_ranges: Sequence[str]
    """Networks that are allowed; empty for all."""


def traefik(entrance: Entrance, *, monitored: bool) -> dict[str, Any]:
    """Return Traefik's values: Ingress and Gateway API, no custom resources, no dashboard."""
    return {
        "deployment": {
            "replicas": entrance["replicas"],
            "terminationGracePeriodSeconds": _DRAIN_SECONDS + 15,
            # The load balancer keeps sending traffic for a while.
            "lifecycle": {"preStop": {"sleep": {"seconds": 10}}},
        },
        "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
        "ingressClass": {
            "enabled": True,
            "isDefaultClass": False,
            "name": entrance["class_name"],
        },
        "providers": {
            "kubernetesCRD": {"enabled": False},
            "kubernetesIngress": {
                "enabled": True,
                "allowExternalNameServices": False,
            },
            "kubernetesGateway": {"enabled": True},
        },
        # This program creates the class and the Gateways.
        "gateway": {"enabled": False},
        "gatewayClass": {"enabled": False},
        "api": {"dashboard": False},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        # A Gateway's listener must have the port that Traefik listens on, and people write
        # 80 and 443. A sysctl allows any user to bind them.
        "ports": {"web": {"port": 80}, "websecure": {"port": 443}},
        "podSecurityContext": {
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
        },
        "service": {"annotations": dict(entrance["annotations"]), "spec": _service(entrance)},
        "metrics": {
            "prometheus": {
                "service": {"enabled": monitored},
                "serviceMonitor": {"enabled": monitored},
            }
        },
        "topologySpreadConstraints": [_spread({"app.kubernetes.io/name": "traefik"})],
        "resources": sized("100m", "128Mi", "512Mi"),
    }


def envoy() -> dict[str, Any]:
    """Return the values of Envoy Gateway's controller, without those of the proxy pods."""
    return {
        "crds": {"enabled": False},
        "deployment": {
            "replicas": 2,
            "envoyGateway": {"resources": sized("50m", "256Mi", "1Gi")},
        },
        "podDisruptionBudget": {"minAvailable": 1},
        "certgen": {"job": {"resources": sized("10m", "32Mi", "128Mi")}},
    }


def envoy_proxy(entrance: Entrance) -> dict[str, Any]:
    """Return the EnvoyProxy, the controller's template for the pods of each Gateway."""
    service = _service(entrance)
    if entrance["annotations"]:
        service["annotations"] = dict(entrance["annotations"])
    return {
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyDeployment": {
                    "replicas": entrance["replicas"],
                    "container": {"resources": sized("100m", "128Mi", "512Mi")},
                },
                "envoyPDB": {"maxUnavailable": 1},
                "envoyService": service,
            },
        },
        "shutdown": {"drainTimeout": f"{_DRAIN_SECONDS}s", "minDrainDuration": "10s"},
    }


def _service(entrance: Entrance) -> dict[str, Any]:
    service: dict[str, Any] = {"type": entrance["service_type"]}
    if entrance["service_type"] != "ClusterIP":
        # Otherwise the client's address would be replaced by a node's.
        service["externalTrafficPolicy"] = "Local"
    if entrance["source_ranges"]:
        service["loadBalancerSourceRanges"] = list(entrance["source_ranges"])
    return service


def _spread(labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(labels)},
    }
