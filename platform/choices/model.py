"""The settings of one cluster's platform: `openmage-platform:platform` in a stack file."""

from collections.abc import Iterator
from typing import Annotated, Any, assert_never

from pydantic import Field

from stackfile.section import Section
from stackfile.types import Server
from stackfile.values import Storage
from values.gateways import Controller, Gateway, NoGateway, SharedGateway
from values.issuers import Issuer
from values.logs import GraylogLogs, Logs, NoLogs, PasswordLogs


class Access(Section):
    """The cluster that the platform is on."""

    context: Annotated[str, Field(min_length=1)]
    """Context in the kubeconfig; nothing is ever deployed to any other."""
    server: Server | None = None
    """API server that the context must point to; default: any."""

    @property
    def adopt(self) -> bool:
        """Whether existing objects are taken over: never."""
        return False


class _Part(Section):
    enabled: bool = False
    """Whether the part is installed."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Helm values merged over those of this program; they are not validated."""


class CertManager(_Part):
    """cert-manager, which issues and renews certificates."""

    gateway_api: bool | None = None
    """Whether it supports Gateways, including HTTP-01 through them; requires the Gateway API.
    Default: whether `gateway.controller` is chosen."""
    issuers: tuple[Issuer, ...] = ()
    """ClusterIssuers, which a shop names in `edge.tls.issuer`."""


class DatabaseOperator(_Part):
    """mariadb-operator, for databases with several servers in every namespace."""


class MetricsServer(_Part):
    """metrics-server, for the metrics that shops scale by."""

    kubelet_insecure_tls: bool = False
    """Whether to skip verification of the kubelets' certificates; for kind and the like."""


class Monitoring(_Part):
    """The Prometheus operator, Prometheus, Alertmanager and Grafana."""

    storage: Storage = Storage.model_construct(size="20Gi", storage_class=None)
    """Volume of Prometheus. Default: 20Gi of the cluster's default class."""
    retention_days: Annotated[int, Field(ge=1, le=400)] = 15
    """How long metrics are kept; less when the volume is nearly full."""
    grafana: bool = True
    """Whether Grafana is installed; its password is generated unless it is supplied."""


class Platform(Section):
    """What one cluster needs once; every part is off unless it is enabled."""

    cluster: Access
    cert_manager: CertManager = CertManager()
    database_operator: DatabaseOperator = DatabaseOperator()
    gateway: Gateway = NoGateway.model_construct(controller="none")
    """Ingress and Gateway controller. Default: controller `none`."""
    metrics_server: MetricsServer = MetricsServer()
    monitoring: Monitoring = Monitoring()
    logs: Logs = NoLogs.model_construct(destination="none")
    """Destination of the shops' logs. Default: destination `none`."""

    @property
    def controller(self) -> Controller | None:
        """The ingress controller or Gateway; None if there is none."""
        return self.gateway.installed

    @property
    def shared_gateway(self) -> SharedGateway | None:
        """The Gateway of several shops; None if each has its own."""
        return self.controller and self.controller.shared

    @property
    def listener_sets(self) -> bool:
        """Whether shops may attach their own listeners to the shared Gateway."""
        return self.shared_gateway is not None and self.shared_gateway.listener_sets

    @property
    def gateway_api(self) -> bool:
        """Whether cert-manager supports the Gateway API."""
        chosen = self.cert_manager.gateway_api
        return self.controller is not None if chosen is None else chosen

    def warnings(self, *, alerts: bool) -> Iterator[str]:
        """Yield warnings about probable mistakes; `alerts`: whether alerts are sent."""
        where = "openmage-platform:platform"
        if self.monitoring.enabled and not alerts:
            yield (
                f"{where}.monitoring: alerts have no receiver;"
                " set openmage-platform:alertmanagerConfig"
            )
        if self.metrics_server.kubelet_insecure_tls:
            yield (
                f"{where}.metricsServer.kubeletInsecureTls: anyone who impersonates a kubelet"
                " controls how shops scale; use it for local clusters only"
            )
        match self.logs:
            case GraylogLogs(protocol=protocol):
                if protocol != "tls":
                    yield f"{where}.logs.protocol: customers' addresses are sent in plaintext"
            case NoLogs() | PasswordLogs():
                pass
            case _:
                assert_never(self.logs)
