"""Database servers run by mariadb-operator, which survive the loss of one."""

import pulumi
import pulumi_kubernetes as k8s

from components.database.operated_access import API, READY, access
from components.database.operated_args import GaleraDatabaseArgs, ReplicatedDatabaseArgs
from components.database.operated_network import operated_policies
from components.database.operated_pod import Spec
from components.database.operated_rebuild import rebuild_source
from components.database.operated_spec import mariadb_spec
from components.database.own import Passwords
from components.kit.files import secret
from components.kit.metadata import named
from components.kit.passwords import password


def operated_servers(
    name: str,
    args: ReplicatedDatabaseArgs | GaleraDatabaseArgs,
    database: str,
    secrets: Passwords,
    child: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Create the servers and return the host of the primary.

    Object and Secrets have fixed names: those in an object of the operator cannot be changed.
    The servers' claims belong to the operator; they are kept when the object is deleted.
    """
    replication = password(f"{name}-replication-password", None, child)
    passwords = secret(
        f"{name}-passwords",
        named(f"{name}-passwords", args),
        {
            "password": secrets["user"],
            "root-password": secrets["root"],
            "replication-password": replication,
        },
        child,
    )
    agent_password = password(f"{name}-agent-password", None, child)
    agent = secret(
        f"{name}-agent", named(f"{name}-agent", args), {"password": agent_password}, child
    )
    operated_policies(name, args, child)
    rebuilt: Spec = {}
    if args["mode"] == "replicated":
        rebuilt = rebuild_source(name, args, child)
    spec = mariadb_spec(name, args, {"passwords": passwords, "agent": agent}, rebuilt)
    servers = _servers(name, args, spec, child)
    user = {
        "name": database,
        "host": "%",
        "passwordSecretKeyRef": {"name": passwords, "key": "password"},
        "maxUserConnections": args["max_connections"],
    }
    # Depends on the URN, so that whatever needs the host waits until the user exists.
    return access(name, args, user, servers, child).urn.apply(lambda _: f"{name}-primary")


def _servers(
    name: str,
    args: ReplicatedDatabaseArgs | GaleraDatabaseArgs,
    spec: Spec,
    child: pulumi.ResourceOptions,
) -> k8s.apiextensions.CustomResource:
    seconds = 600 + args["copy_seconds"]
    guarded = pulumi.ResourceOptions(
        protect=args["retention"]["protect"],
        custom_timeouts=pulumi.CustomTimeouts(create=f"{seconds}s", update=f"{seconds}s"),
    )
    return k8s.apiextensions.CustomResource(
        name,
        api_version=API,
        kind="MariaDB",
        metadata=named(name, args, READY),
        spec=spec,
        opts=pulumi.ResourceOptions.merge(child, guarded),
    )
