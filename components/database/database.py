"""One SQL endpoint, inside or outside the cluster."""

from typing import assert_never

import pulumi

from components.database.node_local import node_claim
from components.database.operated import operated_servers
from components.database.operated_rebuild import rebuild_source
from components.database.operated_spec import galera, replication
from components.database.own import Answers, OwnDatabaseArgs, own_server
from components.kit.network_policies import DATABASE_CLIENTS, EgressRule, outbound_policy
from components.kit.passwords import supplied
from components.kit.volumes import claim, keep
from stackfile.databases import (
    GaleraMariaDb,
    NodeLocalMariaDb,
    ReplicatedMariaDb,
    VolumeMariaDb,
)
from stackfile.servers import SqlServer
from stackfile.values import SharedVolume


class DatabaseArgs(OwnDatabaseArgs):
    """Arguments of a database; of an external one only the server and its password count."""

    server: VolumeMariaDb | NodeLocalMariaDb | ReplicatedMariaDb | GaleraMariaDb | SqlServer
    """What to create, or where an external server is."""
    shared: SharedVolume
    """A volume like those that servers on different nodes can mount."""


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
        answers = _answers(name, args, pulumi.ResourceOptions(parent=self))
        self.server, self.password, self.root_password, self.ca = answers
        self.register_outputs({"host": self.server.apply(lambda server: server.host)})


def _answers(name: str, args: DatabaseArgs, child: pulumi.ResourceOptions) -> Answers:
    keeping = keep(args["retention"], child)
    match server := args["server"]:
        case VolumeMariaDb():
            data = claim(f"{name}-data", args, server.storage, keeping)
            return own_server(name, args, server, data, child)
        case NodeLocalMariaDb():
            data = node_claim(f"{name}-data", args, server, keeping)
            return own_server(name, args, server, data, child)
        case ReplicatedMariaDb():
            rebuilt = rebuild_source(name, args, server, args["shared"], child)
            return operated_servers(name, args, server, replication(name, server, rebuilt), child)
        case GaleraMariaDb():
            return operated_servers(name, args, server, galera(server), child)
        case SqlServer():
            rules: list[EgressRule] = [
                {"cidr": cidr, "ports": server.ports} for cidr in server.cidrs
            ]
            outbound_policy(f"{name}-clients", args, rules, child, DATABASE_CLIENTS)
            known = pulumi.Output.from_input(server)
            return Answers(known, supplied(args["password"]), None, server.ca)
        case _:
            assert_never(server)
