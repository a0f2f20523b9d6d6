"""The parts of the platform, one file per part; parts know values, but no settings."""

from parts._install import PartArgs
from parts.cert_manager import CertManager
from parts.database_operator import DatabaseOperator
from parts.gateway import Gateway
from parts.logs import Logs
from parts.metrics_server import MetricsServer
from parts.monitoring import Monitoring
from parts.shared_gateway import SharedGateway

__all__ = [
    "CertManager",
    "DatabaseOperator",
    "Gateway",
    "Logs",
    "MetricsServer",
    "Monitoring",
    "PartArgs",
    "SharedGateway",
]
