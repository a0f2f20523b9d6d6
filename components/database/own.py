"""A MariaDB in the shop's namespace, in one pod on one volume."""

from typing import Literal, TypedDict

import pulumi

from components.database.node_local import node_claim
from components.database.own_pod import mariadb_pod
from components.kit.files import config_map, secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.network_policies import DATABASE_CLIENTS
from components.kit.passwords import password
from components.kit.pods import PodArgs
from components.kit.volumes import Retention, claim, keep
from components.kit.workload import single_pod_store
from shop.constants import MARIADB_PORT
from shop.render import mysqld_config
from stackfile.values import Resources, Storage


class OwnDatabaseArgs(ShopArgs, PodArgs):
    """Arguments in every mode with a MariaDB of the shop's own."""

    image: str
    """MariaDB's official image, or one with the same entrypoint."""
    resources: Resources
    """Of the container with MariaDB."""
    buffer_pool: int
    """InnoDB's buffer pool, in bytes."""
    max_connections: int
    """Connections at most."""
    config: dict[str, str | int]
    """Custom lines for [mysqld]."""
    retention: Retention
    """Whether the data can be lost with the stack."""
    password: pulumi.Output[str] | None
    """Password of the shop's user; generated where it is None."""
    root_password: pulumi.Output[str] | None
    """Password of root; generated where it is None."""


class VolumeDatabaseArgs(OwnDatabaseArgs):
    """A MariaDB in the shop's namespace, on a dynamically provisioned volume."""

    mode: Literal["volume"]
    """On a volume of any storage class."""
    storage: Storage
    """Volume of the data."""


class NodeLocalDatabaseArgs(OwnDatabaseArgs):
    """A MariaDB in the shop's namespace, on the disk of one node."""

    mode: Literal["node-local"]
    """In a directory of a node."""
    node: str
    """Node, by its label `kubernetes.io/hostname`."""
    path: str
    """Directory on the node."""
    size: str
    """Nominal size of the volume, a Kubernetes quantity."""


class Passwords(TypedDict):
    """Passwords of a database that is created here."""

    user: pulumi.Output[str]
    """Of the shop's user."""
    root: pulumi.Output[str]
    """Of root."""


def passwords(name: str, args: OwnDatabaseArgs, child: pulumi.ResourceOptions) -> Passwords:
    """Return the supplied passwords, or generate them once."""
    # Protect only, do not retain: the recovery Secret has a retained copy of the password.
    protect = pulumi.ResourceOptions(protect=args["retention"]["protect"])
    guarded = pulumi.ResourceOptions.merge(child, protect)
    return {
        "user": password(f"{name}-password", args["password"], guarded),
        "root": password(f"{name}-root-password", args["root_password"], guarded),
    }


def own_server(
    name: str,
    args: VolumeDatabaseArgs | NodeLocalDatabaseArgs,
    secrets: Passwords,
    child: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Run the server and return its host."""
    metadata = auto_named(name, args)
    values = {"password": secrets["user"], "root-password": secrets["root"]}
    lines = mysqld_config(args["buffer_pool"], args["max_connections"], args["config"])
    pod = mariadb_pod(
        args,
        image=args["image"],
        resources=args["resources"],
        passwords=secret(f"{name}-passwords", metadata, values, child),
        config=config_map(f"{name}-config", metadata, {"openmage.cnf": lines}, child),
        data=_data(f"{name}-data", args, keep(args["retention"], child)),
    )
    return single_pod_store(name, args, MARIADB_PORT, pod, child, DATABASE_CLIENTS)


def _data(
    name: str, args: VolumeDatabaseArgs | NodeLocalDatabaseArgs, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    if args["mode"] == "volume":
        return claim(name, args, args["storage"], "ReadWriteOnce", opts)
    return node_claim(name, args, (args["node"], args["path"]), args["size"], opts)
