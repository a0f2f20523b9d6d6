"""What is refused because of what the last update has made: data does not follow a setting."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime.invoke import InvokeResult

from settings import recorded
from settings.changes import changes, refused_changes, secret_changes
from settings.model import Settings
from settings.recorded import fingerprint, fingerprints, last, record
from stackfile.report import SettingsError, Source, dotted
from tests.harness import DEV, EXTERNAL, merge, validated

NODE = {"mode": "node-local", "node": "n1", "path": "/srv/shop", "acceptLossOfNode": True}
REPLICATED = {"mode": "replicated"}
GALERA = {"mode": "galera"}


def shop(**sections: Any) -> Settings:
    return validated(merge(DEV.shop, sections))


def refused(before: Settings, after: Settings) -> dict[str, tuple[str, str]]:
    """Return reason and fix by path of what an update from one to the other is refused for."""
    found = changes(after, record(before))
    return {dotted(path): (reason, fix) for path, reason, fix in found}


def test_nothing_is_refused_before_the_first_update():
    assert list(changes(shop(database=GALERA), {})) == []


@pytest.mark.parametrize("database", [{}, NODE, REPLICATED, GALERA, EXTERNAL])
def test_an_update_that_changes_nothing_is_accepted(database):
    settings = shop(database=database)
    assert refused(settings, settings) == {}


@pytest.mark.parametrize("after", [NODE, REPLICATED, GALERA, EXTERNAL])
def test_another_mode_is_refused_the_data_would_stay_behind(after):
    found = refused(shop(), shop(database=after))
    assert list(found) == ["database.mode"]
    reason, fix = found["database.mode"]
    assert "the data is in the database of mode volume" in reason
    assert "write volume, or bring up another stack" in fix
    assert ("copiedFrom: volume" in fix) is (after is EXTERNAL)


def test_a_mode_is_refused_the_other_way_round_as_well():
    assert list(refused(shop(database=EXTERNAL), shop())) == ["database.mode"]


def test_data_that_was_copied_to_an_external_server_may_be_used_there():
    copied = shop(database={**EXTERNAL, "copiedFrom": "volume"})
    assert refused(shop(), copied) == {}
    assert list(refused(shop(database=REPLICATED), copied)) == ["database.mode"]


VOLUMES = pytest.mark.parametrize(
    ("path", "sections"),
    [
        ("database.storage", lambda storage: {"database": {"storage": storage}}),
        ("media.storage", lambda storage: {"media": {"storage": storage}}),
        (
            "cache.sessions.storage",
            lambda storage: {"cache": {"sessions": {"storage": storage}}},
        ),
    ],
    ids=["database", "media", "sessions"],
)


@VOLUMES
def test_a_volume_may_grow_and_must_not_shrink(path, sections):
    small, large = shop(**sections({"size": "20Gi"})), shop(**sections({"size": "20.5Gi"}))
    assert refused(small, large) == {}
    found = refused(large, small)
    assert list(found) == [f"{path}.size"]
    assert found[f"{path}.size"][1] == "write 20.5Gi or more"


@VOLUMES
def test_the_same_size_in_other_words_is_no_change(path, sections):
    one, other = shop(**sections({"size": "20Gi"})), shop(**sections({"size": "20480Mi"}))
    assert refused(one, other) == {}, path


@VOLUMES
def test_a_volume_keeps_its_storage_class(path, sections):
    default = shop(**sections({"size": "20Gi"}))
    fast = shop(**sections({"size": "20Gi", "storageClass": "fast"}))
    assert refused(default, fast)[f"{path}.storageClass"][1] == "remove it"
    assert refused(fast, default)[f"{path}.storageClass"][1] == "write fast"


def test_the_servers_of_the_operator_keep_their_volumes_too():
    large = shop(database={**REPLICATED, "storage": {"size": "20Gi"}})
    small = shop(database={**REPLICATED, "storage": {"size": "10Gi"}})
    assert list(refused(large, small)) == ["database.storage.size"]


def test_sessions_may_move_to_a_server_outside_and_back():
    outside = {"mode": "external", "host": "valkey.example.com", "cidrs": ["10.20.0.0/16"]}
    elsewhere = shop(cache={"sessions": outside})
    assert refused(shop(), elsewhere) == {}
    assert refused(elsewhere, shop()) == {}


def test_a_volume_on_a_node_cannot_be_changed_at_all():
    before = shop(database={**NODE, "storage": {"size": "8Gi"}})
    after = {"node": "n2", "path": "/srv/other", "storage": {"size": "9Gi"}}
    found = refused(before, shop(database={**NODE, **after}))
    assert sorted(found) == ["database.node", "database.path", "database.storage.size"]
    assert found["database.node"][1].startswith("write n1, or ")


@pytest.mark.parametrize("mode", [REPLICATED, GALERA])
def test_servers_may_come_and_go(mode):
    three, five = (shop(database={**mode, "replicas": count}) for count in (3, 5))
    assert refused(three, five) == {}
    assert refused(five, three) == {}


def mariadb(version: str, database: Mapping[str, Any]) -> Settings:
    return shop(images={"mariadb": f"docker.io/library/mariadb:{version}"}, database=database)


@pytest.mark.parametrize("database", [{}, NODE, REPLICATED, GALERA])
def test_an_older_mariadb_is_refused_and_the_next_one_accepted(database):
    old, new = mariadb("11.4.9", database), mariadb("11.8.3-noble", database)
    assert refused(old, new) == {}
    found = refused(new, old)
    assert list(found) == ["images.mariadb"]
    assert "is older than 11.8" in found["images.mariadb"][0]


@pytest.mark.parametrize(("database", "expected"), [({}, []), (GALERA, ["images.mariadb"])])
def test_a_version_is_skipped_only_where_no_older_server_runs_beside(database, expected):
    found = refused(mariadb("10.11", database), mariadb("11.8", database))
    assert list(found) == expected
    assert all(fix == "use 11.4 first" for _, fix in found.values())


def test_another_namespace_is_refused_however_it_came_to_be():
    for after in (shop(namespace="other"), shop(customer="other")):
        found = refused(shop(), after)
        assert list(found) == ["namespace"]
        assert "write demo-dev" in found["namespace"][1]


def test_the_media_volume_keeps_its_access_mode():
    scaling = {"storefront": {"autoscaling": {"minReplicas": 1, "maxReplicas": 1}}}
    once = shop(media={"accessMode": "ReadWriteOnce"}, web=scaling)
    found = refused(shop(web=scaling), once)
    assert found["media.accessMode"][1] == "write ReadWriteMany"


OLD, NEW = "a1" * 16, "b2" * 16
MADE_WITH = ("databasePassword", "databaseRootPassword", "cryptKey")


def made_with(settings: Settings) -> dict[str, str]:
    return {key: fingerprint(settings, key, OLD) for key in MADE_WITH}


@pytest.mark.parametrize("key", MADE_WITH)
@pytest.mark.parametrize("database", [{}, NODE, REPLICATED, GALERA])
def test_another_secret_than_the_data_was_made_with_is_refused(key, database):
    settings = shop(database=database)
    before = made_with(settings)
    assert list(secret_changes(settings, {key: OLD}, before, {})) == []
    [(found, reason, fix)] = secret_changes(settings, {key: NEW}, before, {})
    assert found == key
    assert "config-recovery" in fix
    assert OLD not in reason + fix
    assert NEW not in reason + fix


def test_a_secret_that_was_generated_is_compared_as_well_and_one_that_is_not_given_is_kept():
    settings = shop()
    assert list(secret_changes(settings, {}, made_with(settings), {})) == []
    assert list(secret_changes(settings, {"databasePassword": NEW}, {}, {})) == []


@pytest.mark.parametrize("database", [{}, NODE, REPLICATED])
def test_an_image_that_hides_its_version_is_refused_it_could_be_older_than_the_data(database):
    with pytest.raises(SettingsError, match="a downgrade could not be detected"):
        shop(database=database, images={"mariadb": f"mariadb@sha256:{'a' * 64}"})
    assert shop(database=EXTERNAL, images={"mariadb": f"mariadb@sha256:{'a' * 64}"})


@pytest.mark.parametrize("key", MADE_WITH)
def test_a_secret_that_was_given_may_not_be_taken_away(key):
    settings = shop()
    before = record(settings, [key])
    [(found, reason, fix)] = secret_changes(settings, {}, made_with(settings), before)
    assert found == key
    assert reason.startswith("was removed")
    assert "config-recovery" in fix


def test_a_renamed_context_is_refused_the_whole_shop_would_be_replaced():
    found = refused(shop(), shop(cluster={"context": "other"}))
    assert list(found) == ["cluster.context"]
    assert f"write {shop().cluster.context}" in found["cluster.context"][1]


@pytest.mark.parametrize("change", [{"host": "other.example.com"}, {"name": "other"}])
def test_another_external_database_is_refused_until_somebody_says_that_the_data_is_there(change):
    before = shop(database=EXTERNAL)
    [key] = change
    assert list(refused(before, shop(database={**EXTERNAL, **change}))) == [f"database.{key}"]
    copied = {**EXTERNAL, **change, "copiedFrom": "external"}
    assert refused(before, shop(database=copied)) == {}


def test_a_password_that_somebody_has_changed_in_the_database_is_accepted_but_no_crypt_key():
    settings = shop(database={"passwordChanged": True})
    given: dict[str, str | None] = dict.fromkeys(MADE_WITH, NEW)
    found = [key for key, _, _ in secret_changes(settings, given, made_with(settings), {})]
    assert found == ["cryptKey"]


def test_the_password_of_an_external_server_changes_with_the_server():
    settings = shop(database=EXTERNAL)
    given = {"databasePassword": NEW}
    assert list(secret_changes(settings, given, made_with(settings), {})) == []


def test_fingerprints_tell_shops_and_secrets_apart_and_show_neither():
    one, other = shop(), shop(customer="other")
    assert fingerprint(one, "cryptKey", OLD) == fingerprint(one, "cryptKey", OLD)
    different = {
        fingerprint(one, "cryptKey", OLD),
        fingerprint(one, "cryptKey", NEW),
        fingerprint(one, "databasePassword", OLD),
        fingerprint(other, "cryptKey", OLD),
    }
    assert len(different) == 4
    assert not any(OLD in text for text in different)


@pytest.fixture
def engine(monkeypatch):
    """Let Pulumi's engine answer with these outputs; return what it was asked for."""
    asked: list[dict[str, Any]] = []

    def started(outputs: Mapping[str, Any]) -> list[dict[str, Any]]:
        def invoke(function: str, arguments: dict[str, Any]) -> InvokeResult:
            assert function == "pulumi:pulumi:readStackOutputs"
            asked.append(arguments)
            return InvokeResult({**arguments, "outputs": outputs, "secretOutputNames": []})

        monkeypatch.setattr(recorded, "invoke", invoke)
        return asked

    return started


def test_before_the_first_update_there_is_no_record(engine):
    asked = engine({})
    assert last() == ({}, {})
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    assert asked == [{"name": stack}]


def test_a_state_that_is_just_being_written_is_read_again(engine, monkeypatch):
    answers = engine({"recorded": {"namespace": "demo-dev"}})
    answered, pauses = recorded.invoke, list[float]()

    def invoke(function: str, arguments: dict[str, Any]) -> InvokeResult:
        if len(pauses) < 3:
            message = "failed to load checkpoint: EOF"
            raise Exception(message)  # noqa: TRY002 (as the SDK does)
        return answered(function, arguments)

    monkeypatch.setattr(recorded, "invoke", invoke)
    monkeypatch.setattr(recorded.time, "sleep", pauses.append)
    assert last() == ({"namespace": "demo-dev"}, {})
    assert len(answers) == 1


def test_a_state_that_cannot_be_read_at_all_is_no_reason_to_go_on(monkeypatch):
    def invoke(*_: object) -> InvokeResult:
        message = "access denied"
        raise Exception(message)  # noqa: TRY002 (as the SDK does)

    monkeypatch.setattr(recorded, "invoke", invoke)
    monkeypatch.setattr(recorded.time, "sleep", lambda _: None)
    with pytest.raises(Exception, match="access denied"):
        last()


def test_the_report_names_every_change_with_the_line_of_the_stack_file(engine):
    settings = shop(database=EXTERNAL)
    before = {"recorded": record(shop()), "recordedSecrets": made_with(settings)}
    engine(before)
    tree = merge(DEV.shop, {"database": EXTERNAL})
    found = list(refused_changes(settings, tree, {"cryptKey": NEW}, Source()))
    assert [dotted(problem.path) for problem in found] == [
        "openmage:shop.database.mode",
        "openmage:cryptKey",
    ]
    assert found[0].value == "external"
    # A secret is never shown.
    assert found[1].value == ""


def test_the_fingerprints_are_a_secret_output():
    async def made() -> tuple[bool, Any]:
        secrets = {"cryptKey": pulumi.Output.from_input(OLD), "databaseRootPassword": None}
        output = fingerprints(shop(), secrets)
        return await output.is_secret(), await output.future()

    secret, value = asyncio.run(made())
    assert secret is True
    assert value == {"cryptKey": fingerprint(shop(), "cryptKey", OLD)}
