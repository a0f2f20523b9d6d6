"""The parts of the platform, one file per part; parts know values, but no settings."""

from parts._install import PartArgs as PartArgs
from parts.cert_manager import CertManager as CertManager
from parts.database_operator import DatabaseOperator as DatabaseOperator
from parts.gateway import Gateway as Gateway
from parts.logs import Logs as Logs
from parts.metrics_server import MetricsServer as MetricsServer
from parts.monitoring import Monitoring as Monitoring
from parts.shared_gateway import SharedGateway as SharedGateway
