"""Rules about the database."""

from collections.abc import Iterator
from typing import assert_never

from settings.database import (
    ANYWHERE,
    MARIADB_VERSIONS,
    ExternalDatabase,
    GaleraDatabase,
    NodeLocalDatabase,
    ReplicatedDatabase,
    VolumeDatabase,
)
from settings.model import Settings
from stackfile.report import Violation
from stackfile.types import has_digest, image_tag


def database(settings: Settings) -> Iterator[Violation]:
    """Refuse what the chosen mode cannot do safely."""
    match chosen := settings.database:
        case VolumeDatabase():
            yield from _version(settings)
        case NodeLocalDatabase():
            yield from _version(settings)
            yield from _node_local(chosen)
        case ReplicatedDatabase():
            yield from _version(settings)
            yield from _operated(settings, chosen)
        case GaleraDatabase():
            yield from _version(settings)
            yield from _galera(chosen)
            yield from _operated(settings, chosen)
        case ExternalDatabase():
            yield from _external(settings, chosen)
        case _:
            assert_never(chosen)


def _version(settings: Settings) -> Iterator[Violation]:
    """Refuse a MariaDB that is no longer maintained, and one whose age cannot be told."""
    tag = image_tag(settings.images.mariadb)
    if tag is None:
        yield Violation(
            ("images", "mariadb"),
            "names no version: nobody could see that it is older than the data, and the operator"
            " goes by the tag",
            "write both, such as mariadb:11.8@sha256:...",
        )
    elif not any(
        tag == version or tag.startswith((f"{version}.", f"{version}-"))
        for version in MARIADB_VERSIONS
    ):
        yield Violation(
            ("images", "mariadb"),
            "is no MariaDB version with long-term support in 2026",
            f"use {', '.join(MARIADB_VERSIONS)}",
        )


def _external(settings: Settings, database: ExternalDatabase) -> Iterator[Violation]:
    """Refuse a database and a user that belong to the server, and production without TLS."""
    if database.name in {"mysql", "sys", "information_schema", "performance_schema"}:
        yield Violation(
            ("database", "name"), "belongs to the server itself", "use a database of the shop's own"
        )
    if database.username in {"root", "mysql", "mariadb.sys"}:
        yield Violation(
            ("database", "username"),
            "may do everything on the server",
            "use a user with rights on this database only",
        )
    if settings.production and database.ca is None:
        yield Violation(
            ("database", "ca"),
            "the password and the orders would cross the network in clear text",
            "paste the provider's CA certificate",
        )


def _node_local(database: NodeLocalDatabase) -> Iterator[Violation]:
    """Refuse one node's disk unless its loss is accepted in writing."""
    if not database.accept_loss_of_node:
        yield Violation(
            ("database", "acceptLossOfNode"),
            "the data lives on one disk of one node and is lost with it",
            "set it to true if that is acceptable, or use mode volume or replicated",
        )
    if database.storage.storage_class is not None:
        yield Violation(
            ("database", "storage", "storageClass"),
            "the volume is a directory of the node: no storage class makes it",
            "remove it",
        )


def _galera(database: GaleraDatabase) -> Iterator[Violation]:
    """Refuse servers that cannot agree."""
    if database.replicas % 2 == 0:
        yield Violation(
            ("database", "replicas"),
            "an even number of servers has no majority when it is cut in half",
            f"use {database.replicas + 1}",
        )


def _operated(
    settings: Settings, database: ReplicatedDatabase | GaleraDatabase
) -> Iterator[Violation]:
    """Refuse servers that share a node where it matters, or that may reach anything."""
    if database.spread == "preferred" and settings.environment != "dev":
        yield Violation(
            ("database", "spread"),
            "the loss of one node could take every server",
            "use required; preferred is for dev",
        )
    if settings.production and not has_digest(database.operator_image):
        yield Violation(
            ("database", "operatorImage"),
            "production runs exactly the image that was tested: a tag can be moved",
            "append the digest, @sha256:...",
        )
    if settings.production and database.api_server_cidrs == ANYWHERE:
        yield Violation(
            ("database", "apiServerCidrs"),
            "the database servers could reach any address on ports 443 and 6443",
            "name the API server's: kubectl get endpointslices -n default"
            " -l kubernetes.io/service-name=kubernetes",
        )
