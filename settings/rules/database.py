"""Rules about what holds data."""

from collections.abc import Iterator

from settings.database import (
    ANYWHERE,
    MARIADB_VERSIONS,
    ExternalDatabase,
    GaleraDatabase,
    NodeLocalDatabase,
    ReplicatedDatabase,
)
from settings.model import Settings
from stackfile.report import Violation
from stackfile.types import has_digest, image_tag


def database_version(settings: Settings) -> Iterator[Violation]:
    """Refuse a MariaDB that nobody mends, and one of which nobody knows how old it is."""
    tag = image_tag(settings.images.mariadb)
    if isinstance(settings.database, ExternalDatabase):
        return
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


def external_names(settings: Settings) -> Iterator[Violation]:
    """Refuse a database and a user that belong to the server."""
    database = settings.database
    if not isinstance(database, ExternalDatabase):
        return
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


def node_local(settings: Settings) -> Iterator[Violation]:
    """Refuse one node's disk where nobody has said that its loss is acceptable."""
    database = settings.database
    if isinstance(database, NodeLocalDatabase):
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


def operated(settings: Settings) -> Iterator[Violation]:
    """Refuse servers that cannot agree, that share a node where it matters, or that are open."""
    database = settings.database
    if not isinstance(database, ReplicatedDatabase | GaleraDatabase):
        return
    if isinstance(database, GaleraDatabase) and database.replicas % 2 == 0:
        yield Violation(
            ("database", "replicas"),
            "an even number of servers has no majority when it is cut in half",
            f"use {database.replicas + 1}",
        )
    if database.spread == "preferred" and settings.environment != "dev":
        yield Violation(
            ("database", "spread"),
            "the loss of one node could take every server",
            "use required; preferred is for dev",
        )
    if settings.production:
        yield from _operated_in_production(database)


def _operated_in_production(
    database: ReplicatedDatabase | GaleraDatabase,
) -> Iterator[Violation]:
    if not has_digest(database.operator_image):
        yield Violation(
            ("database", "operatorImage"),
            "production runs exactly the image that was tested: a tag can be moved",
            "append the digest, @sha256:...",
        )
    if database.api_server_cidrs == ANYWHERE:
        yield Violation(
            ("database", "apiServerCidrs"),
            "the database servers could reach any address on ports 443 and 6443",
            "name the API server's: kubectl get endpointslices -n default"
            " -l kubernetes.io/service-name=kubernetes",
        )
