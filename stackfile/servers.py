"""Servers that keep data or take mail: where they are, and how a shop connects to them."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stackfile.networks import EVERYWHERE
from stackfile.section import Section
from stackfile.types import Certificate, Cidr, Email, Hostname, Line, Port, bytes_of
from stackfile.values import Placement, Resources, Storage

_DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_SMTP_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}


class Endpoint(Section):
    """An address of a database server."""

    host: Hostname
    port: Port = 3306


class SqlServer(Section):
    """A MySQL or MariaDB."""

    host: Hostname
    """Name or address of the server."""
    port: Port = 3306
    name: _DatabaseName = "openmage"
    """Database; it must exist."""
    username: _DatabaseName = "openmage"
    """User with all privileges on the database; its password is `openmage:databasePassword`."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Networks that contain the server; egress to any other address stays denied."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: no TLS. Required in production."""
    read: Endpoint | None = None
    """Replica for reads; default: none. OpenMage then sees its own writes late."""

    @property
    def ports(self) -> list[int]:
        """Ports that clients connect to, each once."""
        return sorted({self.port, self.read.port if self.read else self.port})


class _Redis(Section):
    database: Annotated[int, Field(ge=0, le=15)] = 0
    """Database number on the server."""
    username: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] | None = None
    """User name that the password belongs to; default: the server's default user."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Networks that contain the server; egress to any other address stays denied."""


class RedisServer(_Redis):
    """A Valkey or Redis."""

    host: Hostname
    """Name or address of the server."""
    port: Port = 6379
    tls: bool = False
    """Whether the connection is encrypted and the server's certificate verified. Required in
    production."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: the trust store of the image `php`."""

    @property
    def ports(self) -> list[int]:
        """Ports that clients connect to."""
        return [self.port]


class OwnRedis(Section):
    """A Valkey or Redis in the shop's namespace, of which nothing survives a restart."""

    memory_percent: ClassVar = 80

    resources: Resources
    """From the preset."""
    placement: Placement = Placement()

    @property
    def maxmemory(self) -> int:
        """Bytes of data; the rest of the limit is for forks, buffers and fragmentation."""
        return bytes_of(self.resources.limits.memory) * self.memory_percent // 100


class PersistentRedis(OwnRedis):
    """One whose data survives a restart."""

    # Rewriting the file may fork a copy of much that is in memory.
    memory_percent: ClassVar = 60

    storage: Storage
    """Volume of the append-only file. From the preset."""


class Sentinel(Section):
    """An address of a Sentinel."""

    host: Hostname
    port: Port = 26379


class RedisSentinels(_Redis):
    """Several Valkeys or Redises, and the Sentinels that know which of them is the primary."""

    master: Line
    """Name of the primary in the Sentinels' configuration."""
    sentinels: Annotated[tuple[Sentinel, ...], Field(min_length=1)]
    """Sentinels; three or more survive the loss of one. They use the servers' password or
    none."""
    port: Port = 6379
    """Port of the servers."""

    @property
    def ports(self) -> list[int]:
        """Ports that clients connect to, each once."""
        return sorted({self.port, *(sentinel.port for sentinel in self.sentinels)})


class SmtpServer(Section):
    """A mail server, and the account that it takes mail from."""

    host: Hostname
    """Name or address of the server."""
    port: Port | None = None
    """Default: 587 with `starttls`, 465 with `tls`, 25 with `none`."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; the server's certificate is always verified."""
    ca: Certificate | None = None
    """Certificate authority of the server, PEM; default: the trust store of the image `php`."""
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+@=/-]{1,200}$")] | None = None
    """User name at the server; its password is `openmage:mailPassword`; default: none."""
    sender: Email = Field(alias="from")
    """Envelope sender, which receives bounces."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)] = EVERYWHERE
    """Networks that contain the server; default: the internet. Private networks are excluded from a
    larger network that contains them."""

    @property
    def smtp_port(self) -> int:
        """Port to connect to."""
        return self.port or _SMTP_PORTS[self.tls]
