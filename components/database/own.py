"""A MariaDB in the shop's namespace, in one pod on one volume."""

from typing import NamedTuple, TypedDict

import pulumi

from components.database.own_pod import DATABASE_NAME, mariadb_pod
from components.kit.files import config_map, secret
from components.kit.metadata import ShopArgs, auto_named
from components.kit.network_policies import DATABASE_CLIENTS
from components.kit.passwords import password
from components.kit.pods import PodArgs
from components.kit.volumes import Retention
from components.kit.workload import single_pod_store
from shop.constants import MARIADB_PORT
from shop.render import mysqld_config
from stackfile.databases import MariaDb
from stackfile.servers import Endpoint, SqlServer


class OwnDatabaseArgs(ShopArgs, PodArgs):
    """Arguments in every mode with a MariaDB of the shop's own."""

    image: str
    """MariaDB's official image, or one with the same entrypoint."""
    retention: Retention
    """Whether the data can be lost with the stack."""
    password: pulumi.Output[str] | None
    """Password of the shop's user; generated where it is None."""
    root_password: pulumi.Output[str] | None
    """Password of root; generated where it is None."""


class Passwords(TypedDict):
    """Passwords of a database that is created here."""

    user: pulumi.Output[str]
    """Of the shop's user."""
    root: pulumi.Output[str]
    """Of root."""


class Answers(NamedTuple):
    """Where a database answers, and with which passwords."""

    server: pulumi.Output[SqlServer]
    password: pulumi.Output[str]
    root_password: pulumi.Output[str] | None
    ca: str | None


def answers(host: pulumi.Output[str], secrets: Passwords, read: Endpoint | None = None) -> Answers:
    """Return where a database answers that is created here; `read` is where its replicas do."""

    def server(known: str) -> SqlServer:
        return SqlServer.model_construct(
            host=known,
            port=MARIADB_PORT,
            name=DATABASE_NAME,
            username=DATABASE_NAME,
            cidrs=(),
            read=read,
        )

    return Answers(host.apply(server), secrets["user"], secrets["root"], None)


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
    args: OwnDatabaseArgs,
    server: MariaDb,
    data: pulumi.Output[str],
    child: pulumi.ResourceOptions,
) -> Answers:
    """Run the server on the volume `data`."""
    secrets = passwords(name, args, child)
    metadata = auto_named(name, args)
    values = {"password": secrets["user"], "root-password": secrets["root"]}
    lines = mysqld_config(server.buffer_pool, server.max_connections, server.config)
    pod = mariadb_pod(
        args,
        server,
        image=args["image"],
        passwords=secret(f"{name}-passwords", metadata, values, child),
        config=config_map(f"{name}-config", metadata, {"openmage.cnf": lines}, child),
        data=data,
    )
    host = single_pod_store(name, args, MARIADB_PORT, pod, child, DATABASE_CLIENTS)
    return answers(host, secrets)
