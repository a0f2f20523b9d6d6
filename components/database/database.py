"""One SQL endpoint, inside or outside the cluster."""

from typing import Literal

import pulumi

from components.database.operated import operated_servers
from components.database.operated_args import GaleraDatabaseArgs, ReplicatedDatabaseArgs
from components.database.own import (
    NodeLocalDatabaseArgs,
    VolumeDatabaseArgs,
    own_server,
    passwords,
)
from components.database.own_pod import DATABASE_NAME
from components.kit.metadata import ShopArgs
from components.kit.network_policies import DATABASE_CLIENTS, outbound_policy
from shop.constants import MARIADB_PORT
from stackfile.servers import Endpoint, SqlServer


class ExternalDatabaseArgs(ShopArgs):
    """An external MySQL or MariaDB."""

    mode: Literal["external"]
    """It is there already."""
    server: SqlServer
    """Where it is."""
    password: pulumi.Output[str]
    """Password of its user."""


DatabaseArgs = (
    VolumeDatabaseArgs
    | NodeLocalDatabaseArgs
    | ReplicatedDatabaseArgs
    | GaleraDatabaseArgs
    | ExternalDatabaseArgs
)
"""Arguments of a database, by mode."""


class Database(pulumi.ComponentResource):
    """One SQL endpoint for the shop; its data outlives the stack if `retention` says so."""

    server: pulumi.Output[SqlServer]
    """Where it is. What needs it waits until it is ready."""
    ca: str | None
    """Certificate authority of the server, PEM; None without TLS. Nothing waits for it."""
    password: pulumi.Output[str]
    """Password of the shop's user: all rights on its database, none beside."""
    root_password: pulumi.Output[str] | None
    """Password of root; None for an external server."""

    def __init__(
        self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the endpoint for the chosen mode."""
        super().__init__("openmage:index:Database", name, None, opts)
        if args["mode"] == "external":
            self._external(name, args)
        else:
            self._made_here(name, args)
        self.register_outputs({"host": self.server.apply(lambda server: server.host)})

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
        read: Endpoint | None = None
        if args["mode"] == "replicated" or args["mode"] == "galera":
            host = operated_servers(name, args, DATABASE_NAME, secrets, child)
            if args["read_from_replicas"]:
                read = Endpoint.model_construct(host=f"{name}-secondary", port=MARIADB_PORT)
        else:
            host = own_server(name, args, secrets, child)
        self.server = host.apply(lambda known: _server(known, read))
        self.ca = None
        self.password, self.root_password = secrets["user"], secrets["root"]

    def _external(self, name: str, args: ExternalDatabaseArgs) -> None:
        server = args["server"]
        outbound_policy(
            f"{name}-clients",
            args,
            [{"cidr": cidr, "ports": server.ports} for cidr in server.cidrs],
            pulumi.ResourceOptions(parent=self),
            DATABASE_CLIENTS,
        )
        self.server = pulumi.Output.from_input(server)
        self.ca = server.ca
        self.password, self.root_password = pulumi.Output.secret(args["password"]), None


def _server(host: str, read: Endpoint | None) -> SqlServer:
    return SqlServer.model_construct(
        host=host,
        port=MARIADB_PORT,
        name=DATABASE_NAME,
        username=DATABASE_NAME,
        cidrs=(),
        read=read,
    )
