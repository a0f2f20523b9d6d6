"""One SQL endpoint, inside the cluster or outside of it."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components._claims import Retention, Storage, claim, keep
from components._mariadb import mariadb_pod
from components._network import outbound_policy
from components._objects import ShopArgs, auto_named
from components._passwords import password
from components._pods import PodArgs, Resources
from components._stores import single_pod_store
from shop import mysqld_config

PORT = 3306
NAME = "openmage"
"""Name of the database and of its user, where they are made here."""


class VolumeDatabaseArgs(ShopArgs, PodArgs):
    """A MariaDB of the shop's own, on one volume."""

    mode: Literal["volume"]
    image: str
    """MariaDB's official image, or one with the same entrypoint."""
    storage: Storage
    """Volume of the data."""
    resources: Resources
    buffer_pool: int
    """InnoDB's buffer pool, in bytes."""
    max_connections: int
    config: dict[str, str | int]
    """The customer's own lines for [mysqld]."""
    retention: Retention
    password: pulumi.Output[str] | None
    """Password of the shop's user; generated where it is None."""
    root_password: pulumi.Output[str] | None
    """Password of root; generated where it is None."""


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


class Database(pulumi.ComponentResource):
    """One SQL endpoint for the shop; its data outlives the stack unless told otherwise."""

    host: pulumi.Output[str]
    """Host to connect to."""
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
        self,
        name: str,
        args: VolumeDatabaseArgs | ExternalDatabaseArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Make the endpoint of the chosen mode."""
        super().__init__("openmage:index:Database", name, None, opts)
        self.root_password = None
        self.ca = None
        self.read = None
        if args["mode"] == "volume":
            self._volume(name, args)
        else:
            self._external(name, args)
        self.register_outputs(
            {
                "host": self.host,
                "port": self.port,
                "database": self.database,
                "username": self.username,
            }
        )

    def _volume(self, name: str, args: VolumeDatabaseArgs) -> None:
        child = pulumi.ResourceOptions(parent=self)
        keeping = keep(args["retention"], child)
        # A retained password is in the recovery Secret; the generated one only needs protection.
        guarded = pulumi.ResourceOptions(parent=self, protect=args["retention"]["protect"])
        self.password = password(f"{name}-password", args["password"], guarded)
        self.root_password = password(f"{name}-root-password", args["root_password"], guarded)
        passwords = k8s.core.v1.Secret(
            f"{name}-passwords",
            metadata=auto_named(name, args),
            type="Opaque",
            string_data={"password": self.password, "root-password": self.root_password},
            opts=child,
        )
        config = k8s.core.v1.ConfigMap(
            f"{name}-config",
            metadata=auto_named(name, args),
            data={
                "openmage.cnf": mysqld_config(
                    args["buffer_pool"], args["max_connections"], args["config"]
                )
            },
            opts=child,
        )
        pod = mariadb_pod(
            args,
            image=args["image"],
            resources=args["resources"],
            passwords=passwords.metadata.name,
            config=config.metadata.name,
            data=claim(f"{name}-data", args, args["storage"], "ReadWriteOnce", keeping),
        )
        self.host = single_pod_store(name, args, PORT, pod, child)
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(NAME)
        self.username = pulumi.Output.from_input(NAME)

    def _external(self, name: str, args: ExternalDatabaseArgs) -> None:
        ports = {args["port"], args["read"]["port"] if args["read"] else args["port"]}
        outbound_policy(
            f"{name}-clients",
            args,
            [{"cidr": cidr, "ports": sorted(ports)} for cidr in args["cidrs"]],
            pulumi.ResourceOptions(parent=self),
        )
        self.host = pulumi.Output.from_input(args["host"])
        self.port = pulumi.Output.from_input(args["port"])
        self.database = pulumi.Output.from_input(args["database"])
        self.username = pulumi.Output.from_input(args["username"])
        self.password = pulumi.Output.secret(args["password"])
        self.ca = args["ca"]
        self.read = args["read"]
