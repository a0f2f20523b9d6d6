"""Changes that would part a shop from its data: each is refused, with what to do in its place."""

from collections.abc import Iterator, Mapping

from settings.database import (
    MARIADB_VERSIONS,
    ExternalDatabase,
    GaleraDatabase,
    NodeLocalDatabase,
    ReplicatedDatabase,
)
from settings.model import SHOP, Settings
from settings.recorded import Record, fingerprint, last, record, version
from stackfile.explain import at
from stackfile.report import Problem, Source, Violation
from stackfile.types import bytes_of

_ELSEWHERE = "bring up another stack and restore a backup there"
_RECOVERY = "it is in the Secret config-recovery-..."
_SECRETS = {
    "databasePassword": (
        "is not the password that the database was made with: the shop would be locked out",
        f"set the old one again, {_RECOVERY}; docs/guide/database.md says how to change it",
    ),
    "databaseRootPassword": (
        "is not the password that the database was made with: nobody could look after it",
        f"set the old one again, {_RECOVERY}; docs/guide/database.md says how to change it",
    ),
    "cryptKey": (
        "is not the key that configuration and customer data were encrypted with",
        f"set the old one again, {_RECOVERY}",
    ),
}


def refused_changes(
    settings: Settings, tree: object, given: Mapping[str, str | None], source: Source
) -> Iterator[Problem]:
    """Yield every change since the last update that must not be made in place.

    `tree` is what the settings were read from, `given` the secret configuration.
    """
    before, secrets = last()
    for path, reason, fix in changes(settings, before):
        yield source.problem((SHOP, *path), at(tree, path), reason, fix)
    for key, reason, fix in secret_changes(settings, given, secrets, before):
        yield source.problem((f"openmage:{key}",), "", reason, fix)


def changes(settings: Settings, before: Record) -> Iterator[Violation]:
    """Refuse settings that do not fit to what the last update has made."""
    if not before:
        return
    if settings.namespace_name != before["namespace"]:
        yield Violation(
            ("namespace",),
            f"the shop's data is in {before['namespace']}, and stays there: in"
            f" {settings.namespace_name} all volumes would be new and empty",
            f"write {before['namespace']}; to move a shop, {_ELSEWHERE}",
        )
    if settings.cluster.context != before["context"]:
        yield Violation(
            ("cluster", "context"),
            "Pulumi knows the cluster by this name: everything in it would be replaced",
            f"write {before['context']}, and rename your kubeconfig's context: kubectl config"
            f" rename-context; for another cluster, {_ELSEWHERE}",
        )
    now = record(settings)
    yield from _database(settings, before["database"], now["database"])
    yield from _volume(("media", "storage"), before["media"], now["media"])
    yield from _volume(("cache", "sessions", "storage"), before["sessions"], now["sessions"])
    if now["media"]["accessMode"] != before["media"]["accessMode"]:
        yield Violation(
            ("media", "accessMode"),
            "a volume keeps its access mode: another one would be new and empty",
            f"write {before['media']['accessMode']}",
        )


def secret_changes(
    settings: Settings, given: Mapping[str, str | None], secrets: Record, before: Record
) -> Iterator[tuple[str, str, str]]:
    """Yield key, reason and fix of each secret that is not the one the data was made with.

    `secrets` has the fingerprints, `before` says which of them had been given.
    """
    database = settings.database
    free = isinstance(database, ExternalDatabase) or database.password_changed
    for key, (reason, fix) in _SECRETS.items():
        value = given.get(key)
        if key not in secrets or (free and key != "cryptKey"):
            continue
        if value is None:
            if key in before.get("given", ()):
                yield key, f"has been taken away, and what is generated {reason}", fix
        elif fingerprint(settings, key, value) != secrets[key]:
            yield key, reason, fix


def _database(settings: Settings, before: Record, now: Record) -> Iterator[Violation]:
    database = settings.database
    if now["mode"] != before["mode"]:
        yield from _mode(settings, before["mode"])
    elif isinstance(database, NodeLocalDatabase):
        yield from _version(settings, before)
        for path, key in ((("node",), "node"), (("path",), "path"), (("storage", "size"), "size")):
            if now[key] != before[key]:
                yield Violation(
                    ("database", *path),
                    "a volume on a node stays as it was made, and its data does not follow",
                    f"write {before[key]}, or {_ELSEWHERE}",
                )
    elif isinstance(database, ExternalDatabase):
        yield from _server(database, before)
    else:
        yield from _version(settings, before)
        yield from _volume(("database", "storage"), before, now)


def _mode(settings: Settings, before: str) -> Iterator[Violation]:
    database = settings.database
    copied = ""
    if isinstance(database, ExternalDatabase):
        if database.copied_from == before:
            return
        copied = f", or copy the data and write copiedFrom: {before}"
    yield Violation(
        ("database", "mode"),
        f"the data is in the database of mode {before}: this one would be empty, and the shop"
        " installed anew",
        f"write {before}, or {_ELSEWHERE}{copied}",
    )


def _server(database: ExternalDatabase, before: Record) -> Iterator[Violation]:
    if database.copied_from == "external":
        return
    for key in ("host", "name"):
        if getattr(database, key) != before[key]:
            yield Violation(
                ("database", key),
                f"the data is in {before['name']} at {before['host']}: in an empty database the"
                " shop would be installed anew",
                f"write {before[key]}; if the data is there already, add copiedFrom: external",
            )


def _version(settings: Settings, before: Record) -> Iterator[Violation]:
    old, new = before["version"], version(settings.images.mariadb)
    if old not in MARIADB_VERSIONS or new not in MARIADB_VERSIONS:
        return
    steps = MARIADB_VERSIONS.index(new) - MARIADB_VERSIONS.index(old)
    if steps < 0:
        yield Violation(
            ("images", "mariadb"),
            f"is older than {old}, which has converted the data: it cannot read it",
            f"use {old} or newer; to go back, {_ELSEWHERE}",
        )
    if steps > 1 and isinstance(settings.database, ReplicatedDatabase | GaleraDatabase):
        yield Violation(
            ("images", "mariadb"),
            f"is {steps} long-term versions from {old}: while servers change one by one, old and"
            " new ones must understand each other",
            f"use {MARIADB_VERSIONS[MARIADB_VERSIONS.index(old) + 1]} first",
        )


def _volume(path: tuple[str, ...], before: Record, now: Record) -> Iterator[Violation]:
    # Sessions may move to a server outside, and back.
    if not before or not now:
        return
    if bytes_of(now["size"]) < bytes_of(before["size"]):
        yield Violation(
            (*path, "size"),
            f"the volume has {before['size']}: it can grow, never shrink",
            f"write {before['size']} or more",
        )
    if now["storageClass"] != before["storageClass"]:
        yield Violation(
            (*path, "storageClass"),
            "a volume keeps its storage class: another one would be new and empty",
            f"write {before['storageClass']}" if before["storageClass"] else "remove it",
        )
