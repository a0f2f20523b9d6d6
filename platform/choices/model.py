"""The settings of one cluster's platform: `openmage-platform:platform` in a stack file."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from choices.gateways import Gateway, NoGateway
from choices.issuers import Issuer
from choices.logs import GraylogLogs, Logs, NoLogs
from stackfile.section import Section
from stackfile.types import Server
from stackfile.values import Storage


class Access(Section):
    """The cluster that the platform is on."""

    context: Annotated[str, Field(min_length=1)]
    """Context of the kubeconfig; nothing is ever deployed to another one."""
    server: Server | None = None
    """API server that the context must lead to; default: any."""

    @property
    def adopt(self) -> bool:
        """Whether objects that are there already are taken over: never."""
        return False


class _Part(Section):
    enabled: bool = False
    """Whether the cluster gets it."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Helm values laid over those of this program; nothing checks them."""


class CertManager(_Part):
    """cert-manager: certificates that are issued and renewed."""

    gateway_api: bool | None = None
    """Whether it serves Gateways and answers HTTP-01 through them; the Gateway API must be there.
    Default: whether `gateway.controller` is chosen."""
    issuers: tuple[Issuer, ...] = ()
    """ClusterIssuers, which a shop names in `edge.tls.issuer`."""


class DatabaseOperator(_Part):
    """mariadb-operator: databases of several servers, in every namespace."""


class MetricsServer(_Part):
    """metrics-server: the CPU and memory by which shops scale."""

    kubelet_insecure_tls: bool = False
    """Whether kubelets are believed without a certificate; for kind and the like."""


class Monitoring(_Part):
    """The Prometheus operator, Prometheus, Alertmanager and Grafana."""

    storage: Storage = Storage.model_construct(size="20Gi", storage_class=None)
    """Volume of Prometheus. Default: 20Gi of the cluster's default class."""
    retention_days: Annotated[int, Field(ge=1, le=400)] = 15
    """How long measurements are kept; less when the volume is nearly full."""
    grafana: bool = True
    """Whether there is a Grafana; its password is generated unless it is given."""


class Platform(Section):
    """What one cluster needs once; every part is off unless it is switched on."""

    cluster: Access
    cert_manager: CertManager = CertManager()
    database_operator: DatabaseOperator = DatabaseOperator()
    gateway: Gateway = NoGateway.model_construct(controller="none")
    """The way into the cluster. Default: controller `none`."""
    metrics_server: MetricsServer = MetricsServer()
    monitoring: Monitoring = Monitoring()
    logs: Logs = NoLogs.model_construct(destination="none")
    """Where the shops' logs go. Default: destination `none`."""

    @property
    def gateway_api(self) -> bool:
        """Whether cert-manager serves the Gateway API."""
        chosen = self.cert_manager.gateway_api
        return self.gateway.controller != "none" if chosen is None else chosen

    def warnings(self, *, alerts: bool) -> Iterator[str]:
        """Yield what is allowed but looks wrong; `alerts`: whether somebody is told of them."""
        where = "openmage-platform:platform"
        if self.monitoring.enabled and not alerts:
            yield (
                f"{where}.monitoring: alerts reach nobody, set openmage-platform:alertmanagerConfig"
            )
        if self.metrics_server.kubelet_insecure_tls:
            yield (
                f"{where}.metricsServer.kubeletInsecureTls: whoever answers in a kubelet's place"
                " decides how shops scale; for a cluster on one's own machine only"
            )
        if isinstance(self.logs, GraylogLogs) and self.logs.protocol != "tls":
            yield f"{where}.logs.protocol: customers' addresses cross the network in clear text"
