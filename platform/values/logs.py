"""Settings of the logs' destination."""

from typing import Annotated, Any, Literal

from pydantic import Field

from stackfile.section import Section
from stackfile.types import Certificate, Hostname, Line, Port


class NoLogs(Section):
    """Logs stay on the nodes for as long as Kubernetes keeps them."""

    destination: Literal["none"]


class LogServer(Section):
    """A server that logs are sent to."""

    host: Hostname = Field(examples=["logs.example.com"])
    """Name or address of the server."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: the public ones."""
    namespaces: Literal["shops", "all"] = "shops"
    """Which logs are sent: those of shops, or of the whole cluster."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Helm values merged over those of this program; they are not validated."""


class GraylogLogs(LogServer):
    """Graylog, as GELF, with the fields `customer` and `environment`."""

    destination: Literal["graylog"]
    port: Port = 12201
    """Port of a GELF input."""
    protocol: Literal["tls", "tcp", "udp"] = "tls"
    """`tls` supports a client certificate, `logsClientCertificate` and `logsClientKey`; with `udp`
    lines are lost silently."""


class PasswordLogs(LogServer):
    """A server that may ask for user and password."""

    tls: bool = True
    """Whether the connection is encrypted."""
    username: Line | None = None
    """User name, with the password `openmage-platform:logsPassword`; default: none."""

    @property
    def protocol(self) -> Literal["tls", "tcp"]:
        """How the connection is made."""
        return "tls" if self.tls else "tcp"


IndexName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$",
        title="lower-case letters, digits, `.`, `_` and `-`, 61 at most",
    ),
]


class SearchLogs(PasswordLogs):
    """A search engine, with an index for each day."""

    port: Port = 9200
    """Port of its HTTP API."""
    index: IndexName = "openmage"
    """Prefix of the daily indices."""


class ElasticsearchLogs(SearchLogs):
    """Elasticsearch, with the fields `customer` and `environment`."""

    destination: Literal["elasticsearch"]


class OpenSearchLogs(SearchLogs):
    """OpenSearch, with the fields `customer` and `environment`."""

    destination: Literal["opensearch"]


class LokiLogs(PasswordLogs):
    """Loki, with the labels `customer`, `environment` and `container`."""

    destination: Literal["loki"]
    port: Port = 3100
    """Port of its HTTP API."""
    tenant: Line | None = None
    """Tenant of the log lines; default: none."""


Destination = GraylogLogs | ElasticsearchLogs | OpenSearchLogs | LokiLogs
Logs = Annotated[NoLogs | Destination, Field(discriminator="destination")]
