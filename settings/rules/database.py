"""Rules about the database."""

from collections.abc import Iterator
from typing import assert_never

from settings.database import (
    MARIADB_VERSIONS,
    ExternalDatabase,
    GaleraDatabase,
    NodeLocalDatabase,
    ReplicatedDatabase,
    VolumeDatabase,
)
from settings.model import Settings
from stackfile.databases import ANYWHERE
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
            "has no version tag: a downgrade could not be detected, and mariadb-operator"
            " goes by the tag",
            "give tag and digest, such as mariadb:11.8@sha256:...",
        )
    elif not any(
        tag == version or tag.startswith((f"{version}.", f"{version}-"))
        for version in MARIADB_VERSIONS
    ):
        yield Violation(
            ("images", "mariadb"),
            "is not a MariaDB version with long-term support in 2026",
            f"use {', '.join(MARIADB_VERSIONS)}",
        )


def _external(settings: Settings, database: ExternalDatabase) -> Iterator[Violation]:
    """Refuse a database and a user that belong to the server, and production without TLS."""
    if database.name in {"mysql", "sys", "information_schema", "performance_schema"}:
        yield Violation(
            ("database", "name"), "is a system database", "use a database dedicated to the shop"
        )
    if database.username in {"root", "mysql", "mariadb.sys"}:
        yield Violation(
            ("database", "username"),
            "has all privileges on the server",
            "use a user with privileges on this database only",
        )
    if settings.production and database.ca is None:
        yield Violation(
            ("database", "ca"),
            "the password and all orders would be sent in plaintext",
            "paste the provider's CA certificate",
        )


def _node_local(database: NodeLocalDatabase) -> Iterator[Violation]:
    """Refuse one node's disk unless its loss is accepted in writing."""
    if not database.accept_loss_of_node:
        yield Violation(
            ("database", "acceptLossOfNode"),
            "the data is on a single disk of a single node and is lost with it",
            "set it to true if that is acceptable, or use mode volume or replicated",
        )
    if database.storage.storage_class is not None:
        yield Violation(
            ("database", "storage", "storageClass"),
            "the volume is a directory on the node: storage classes do not apply",
            "remove it",
        )


def _galera(database: GaleraDatabase) -> Iterator[Violation]:
    """Refuse servers that cannot agree."""
    if database.replicas % 2 == 0:
        yield Violation(
            ("database", "replicas"),
            "an even number of servers has no majority after a network split",
            f"use {database.replicas + 1}",
        )


def _operated(
    settings: Settings, database: ReplicatedDatabase | GaleraDatabase
) -> Iterator[Violation]:
    """Refuse servers that share a node where it matters, or that may reach anything."""
    if database.spread == "preferred" and settings.environment != "dev":
        yield Violation(
            ("database", "spread"),
            "losing one node could take down every server",
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
            "without it the database servers may reach any address on ports 443 and 6443",
            "list the API server's addresses: kubectl get endpointslices -n default"
            " -l kubernetes.io/service-name=kubernetes",
        )
