"""The parts of the platform, one file per part; parts know no settings."""

from parts.cert_manager import CertManager, CertManagerArgs
from parts.database_operator import DatabaseOperator
from parts.gateway import Gateway, GatewayArgs
from parts.logs import Logs, LogsArgs
from parts.metrics_server import MetricsServer, MetricsServerArgs
from parts.monitoring import Monitoring, MonitoringArgs
from parts.shared_gateway import SharedGateway, SharedGatewayArgs

__all__ = [
    "CertManager",
    "CertManagerArgs",
    "DatabaseOperator",
    "Gateway",
    "GatewayArgs",
    "Logs",
    "LogsArgs",
    "MetricsServer",
    "MetricsServerArgs",
    "Monitoring",
    "MonitoringArgs",
    "SharedGateway",
    "SharedGatewayArgs",
]
