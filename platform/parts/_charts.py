"""The charts of the parts: from the upstream projects, each pinned to a version."""

from typing import NamedTuple


class Chart(NamedTuple):
    """A Helm chart."""

    name: str
    """Name in the repository, or an OCI reference."""
    version: str
    repository: str | None = None
    """URL of the repository; None for OCI."""

    @property
    def release(self) -> str:
        """Name of the release: the chart's own."""
        return self.name.rpartition("/")[2]


CERT_MANAGER = Chart("oci://quay.io/jetstack/charts/cert-manager", "v1.21.1")
DATABASE_DEFINITIONS = Chart(
    "oci://ghcr.io/mariadb-operator/charts/mariadb-operator-crds", "26.6.0"
)
DATABASE_OPERATOR = Chart("oci://ghcr.io/mariadb-operator/charts/mariadb-operator", "26.6.0")
TRAEFIK = Chart("oci://ghcr.io/traefik/helm/traefik", "41.3.0")
ENVOY_DEFINITIONS = Chart("oci://docker.io/envoyproxy/gateway-crds-helm", "v1.9.0")
ENVOY_GATEWAY = Chart("oci://docker.io/envoyproxy/gateway-helm", "v1.9.0")
METRICS_SERVER = Chart(
    "metrics-server", "3.13.1", "https://kubernetes-sigs.github.io/metrics-server/"
)
MONITORING_DEFINITIONS = Chart(
    "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds", "31.0.1"
)
MONITORING = Chart("oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack", "88.5.3")
FLUENT_BIT = Chart("fluent-bit", "0.58.1", "https://fluent.github.io/helm-charts")

CHARTS = (
    CERT_MANAGER,
    DATABASE_DEFINITIONS,
    DATABASE_OPERATOR,
    TRAEFIK,
    ENVOY_DEFINITIONS,
    ENVOY_GATEWAY,
    METRICS_SERVER,
    MONITORING_DEFINITIONS,
    MONITORING,
    FLUENT_BIT,
)

GATEWAY_API = "v1.6.1"
GATEWAY_DEFINITIONS = (
    "https://github.com/kubernetes-sigs/gateway-api/releases/download/"
    f"{GATEWAY_API}/standard-install.yaml"
)
"""The Gateway API's CRDs, standard channel, as released upstream."""
