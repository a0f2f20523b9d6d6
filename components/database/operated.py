"""Database servers run by mariadb-operator, which survive the loss of one."""

import pulumi
import pulumi_kubernetes as k8s

from components.database.operated_access import API, READY, access
from components.database.operated_network import operated_policies
from components.database.operated_pod import Spec
from components.database.operated_spec import Topology, mariadb_spec
from components.database.own import Answers, OwnDatabaseArgs, answers, passwords
from components.database.own_pod import DATABASE_NAME
from components.kit.files import secret
from components.kit.metadata import named
from components.kit.passwords import password
from shop.constants import MARIADB_PORT
from stackfile.databases import OperatedMariaDb
from stackfile.servers import Endpoint


def operated_servers(
    name: str,
    args: OwnDatabaseArgs,
    server: OperatedMariaDb,
    topology: Topology,
    child: pulumi.ResourceOptions,
) -> Answers:
    """Create the servers; the primary answers, and its replicas where they are read from.

    Object and Secrets have fixed names: those in an object of the operator cannot be changed.
    The servers' claims belong to the operator; they are kept when the object is deleted.
    """
    secrets = passwords(name, args, child)
    values = {
        "password": secrets["user"],
        "root-password": secrets["root"],
        "replication-password": password(f"{name}-replication-password", None, child),
    }
    known = secret(f"{name}-passwords", named(f"{name}-passwords", args), values, child)
    agent_password = {"password": password(f"{name}-agent-password", None, child)}
    agent = secret(f"{name}-agent", named(f"{name}-agent", args), agent_password, child)
    operated_policies(name, args, server, topology.ports, child)
    spec = mariadb_spec(name, args, server, topology, {"passwords": known, "agent": agent})
    servers = _servers(name, args, server, spec, child)
    user = {
        "name": DATABASE_NAME,
        "host": "%",
        "passwordSecretKeyRef": {"name": known, "key": "password"},
        "maxUserConnections": server.max_connections,
    }
    # Depends on the URN, so that whatever needs the host waits until the user exists.
    host = access(name, args, user, servers, child).urn.apply(lambda _: f"{name}-primary")
    replicas = Endpoint.model_construct(host=f"{name}-secondary", port=MARIADB_PORT)
    return answers(host, secrets, replicas if server.read_from_replicas else None)


def _servers(
    name: str,
    args: OwnDatabaseArgs,
    server: OperatedMariaDb,
    spec: Spec,
    child: pulumi.ResourceOptions,
) -> k8s.apiextensions.CustomResource:
    seconds = 600 + server.copy_seconds
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
