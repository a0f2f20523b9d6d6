"""Changes that would separate a shop from its data: each is refused, with an alternative."""

from collections.abc import Iterator, Mapping

from settings.database import ELSEWHERE
from settings.model import SHOP, Settings
from settings.recorded import Record, fingerprint, last, record
from stackfile.explain import at
from stackfile.report import Problem, Source, Violation
from stackfile.tables import tables

_SECRETS = tables(__file__, dict[str, tuple[str, str]])


def refused_changes(
    settings: Settings, tree: object, given: Mapping[str, str | None], source: Source
) -> Iterator[Problem]:
    """Yield every change since the last update that cannot be made in place.

    `tree` is the source of the settings, `given` the secret configuration.
    """
    before, secrets = last()
    for path, reason, fix in changes(settings, before):
        yield source.problem((SHOP, *path), at(tree, path), reason, fix)
    for key, reason, fix in secret_changes(settings, given, secrets, before):
        yield source.problem((f"openmage:{key}",), "", reason, fix)


def changes(settings: Settings, before: Record) -> Iterator[Violation]:
    """Refuse settings that contradict what the last update created."""
    if not before:
        return
    if settings.namespace_name != before["namespace"]:
        yield Violation(
            ("namespace",),
            f"the shop's data stays in {before['namespace']}: in"
            f" {settings.namespace_name} every volume would be new and empty",
            f"write {before['namespace']}; to move a shop, {ELSEWHERE}",
        )
    elif before.get("createNamespace", True) and not settings.create_namespace:
        yield Violation(
            ("createNamespace",),
            "the stack has made the namespace: it would be deleted, with everything in it",
            "remove the setting",
        )
    if settings.cluster.context != before["context"]:
        yield Violation(
            ("cluster", "context"),
            "Pulumi identifies the cluster by this name: every object would be replaced",
            f"write {before['context']} and rename the context in your kubeconfig: kubectl config"
            f" rename-context; for another cluster, {ELSEWHERE}",
        )
    now = record(settings)
    if now["database"]["mode"] == before["database"]["mode"]:
        yield from settings.database.refused_changes(before["database"], now["database"])
    elif settings.database.copied_from != before["database"]["mode"]:
        yield _moved(settings, before["database"]["mode"])
    yield from settings.media.storage.refused_changes(("media", "storage"), before["media"])
    yield from settings.cache.sessions.refused_changes(before["sessions"])
    if now["media"]["accessMode"] != before["media"]["accessMode"]:
        yield Violation(
            ("media", "accessMode"),
            "a volume's access mode cannot change: the new volume would be empty",
            f"write {before['media']['accessMode']}",
        )


def secret_changes(
    settings: Settings, given: Mapping[str, str | None], secrets: Record, before: Record
) -> Iterator[tuple[str, str, str]]:
    """Yield key, reason and fix of each secret that differs from the one the data was created with.

    `secrets` has the fingerprints, `before` says which secrets were supplied.
    """
    free = settings.database.password_changed
    for key, (reason, fix) in _SECRETS.items():
        value = given.get(key)
        if key not in secrets or (free and key != "cryptKey"):
            continue
        if value is None:
            if key in before.get("given", ()):
                yield key, f"was removed, and the generated one that replaces it {reason}", fix
        elif fingerprint(settings, key, value) != secrets[key]:
            yield key, reason, fix


def _moved(settings: Settings, before: str) -> Violation:
    copied = ""
    if settings.database.may_take_over:
        copied = f", or copy the data and write copiedFrom: {before}"
    return Violation(
        ("database", "mode"),
        f"the data is in the database of mode {before}: this one would be empty and the shop"
        " reinstalled",
        f"write {before}, or {ELSEWHERE}{copied}",
    )
