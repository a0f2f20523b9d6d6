"""One SQL endpoint, inside the cluster or outside of it."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import pulumi

from components.database.operated import (
    GaleraDatabaseArgs,
    ReplicatedDatabaseArgs,
    operated_servers,
)
from components.database.own import (
    NodeLocalDatabaseArgs,
    VolumeDatabaseArgs,
    own_server,
    passwords,
)
from components.kit.metadata import ShopArgs
from components.kit.network_policies import DATABASE_CLIENTS, outbound_policy
from shop.constants import MARIADB_PORT

NAME = "openmage"
"""Name of the database and of its user, where they are made here."""


class Endpoint(TypedDict):
    """An address of a server."""

    host: str
    port: int


class ExternalDatabaseArgs(ShopArgs):
    """A MySQL or MariaDB that somebody else runs."""

    mode: Literal["external"]
    host: str
    port: int
    database: str
    """Name of the database; it must exist."""
    username: str
    password: pulumi.Output[str]
    ca: str | None
    """Certificate authority of the server, PEM; None leaves the connection unencrypted."""
    read: Endpoint | None
    """Where reads may go."""
    cidrs: Sequence[str]
    """Networks in which the server is."""


DatabaseArgs = (
    VolumeDatabaseArgs
    | NodeLocalDatabaseArgs
    | ReplicatedDatabaseArgs
    | GaleraDatabaseArgs
    | ExternalDatabaseArgs
)
"""What a database is told, by mode."""


class Database(pulumi.ComponentResource):
    """One SQL endpoint for the shop; its data outlives the stack unless told otherwise."""

    host: pulumi.Output[str]
    """Host to connect to. What needs it waits until the server is ready."""
    port: pulumi.Output[int]
    """Port to connect to."""
    database: pulumi.Output[str]
    """Name of the database."""
    username: pulumi.Output[str]
    """User of the shop: all rights on its database, none beside."""
    password: pulumi.Output[str]
    """Password of the user."""
    root_password: pulumi.Output[str] | None
    """Password of root; None where the server is somebody else's."""
    ca: str | None
    """Certificate authority of the server, PEM; None without TLS."""
    read: Endpoint | None
    """Where reads may go; None if there is only the one endpoint."""

    def __init__(
        self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Make the endpoint of the chosen mode."""
        super().__init__("openmage:index:Database", name, None, opts)
        if args["mode"] == "external":
            self._external(name, args)
        else:
            self._made_here(name, args)
        self.register_outputs(
            {
                "host": self.host,
                "port": self.port,
                "database": self.database,
                "username": self.username,
            }
        )

    def _made_here(
        self,
        name: str,
        args: VolumeDatabaseArgs
        | NodeLocalDatabaseArgs
        | ReplicatedDatabaseArgs
        | GaleraDatabaseArgs,
    ) -> None:
        child = pulumi.ResourceOptions(parent=self)
        secrets = passwords(name, args, child)
        self.read = None
        if args["mode"] == "replicated" or args["mode"] == "galera":
            self.host = operated_servers(name, args, NAME, secrets, child)
            if args["read_from_replicas"]:
                self.read = {"host": f"{name}-secondary", "port": MARIADB_PORT}
        else:
            self.host = own_server(name, args, secrets, child)
        self.port = pulumi.Output.from_input(MARIADB_PORT)
        self.database = pulumi.Output.from_input(NAME)
        self.username = pulumi.Output.from_input(NAME)
        self.password = secrets["user"]
        self.root_password = secrets["root"]
        self.ca = None

    def _external(self, name: str, args: ExternalDatabaseArgs) -> None:
        ports = {args["port"], args["read"]["port"] if args["read"] else args["port"]}
        outbound_policy(
            f"{name}-clients",
            args,
            [{"cidr": cidr, "ports": sorted(ports)} for cidr in args["cidrs"]],
            pulumi.ResourceOptions(parent=self),
            DATABASE_CLIENTS,
        )
        self.host = pulumi.Output.from_input(args["host"])
        self.port = pulumi.Output.from_input(args["port"])
        self.database = pulumi.Output.from_input(args["database"])
        self.username = pulumi.Output.from_input(args["username"])
        self.password = pulumi.Output.secret(args["password"])
        self.root_password = None
        self.ca = args["ca"]
        self.read = args["read"]
