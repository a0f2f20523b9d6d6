"""Every shop: data outlives the stack, is on disk when confirmed, and fits its memory."""

import re
from typing import Any
from xml.etree import ElementTree as ET

from tests.harness import spec
from tests.shops import every_shop, number

HOLDS = {"media", "database-data"}
"""Claims with what cannot be made again."""


def kept(shop):
    """Yield what holds data, or what opens it."""
    for resource in shop.graph:
        if resource.kind == "Namespace":
            yield resource
        if resource.kind == "PersistentVolumeClaim" and resource.name in HOLDS:
            yield resource
        if resource.kind == "PersistentVolume" or resource.name == "config-recovery":
            yield resource


def config(shop) -> Any:
    """Return the lines of MariaDB's configuration; None where it is external."""
    if shop.settings.database.mode == "external":
        return None
    if shop.of("MariaDB"):
        text = shop.of("MariaDB")["database"]["myCnf"]
    else:
        text = shop.file("database", ".cnf")
    assert text.startswith("[mysqld]\n")
    lines = (line.split(" = ", 1) for line in text.splitlines() if " = " in line)
    return dict(lines)


def valkey(shop, store) -> Any:
    """Return the lines of a Valkey's configuration; None where it is external."""
    if store not in shop.pods:
        return None
    lines = shop.file(store, "valkey.conf").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def local_xml(shop, workload="admin") -> Any:
    return ET.fromstring(shop.file(workload, "/local.xml"))


@every_shop
def test_what_holds_data_is_protected_in_production_and_only_there(shop):
    guarded = [*kept(shop), *shop.graph.of("MariaDB")]
    opens = {"config-crypt-key", "database-password", "database-root-password"}
    guarded += [each for each in shop.graph.of("RandomPassword") if each.name in opens]
    key = {"config-crypt-key"} if shop.settings.production else set()
    assert {"tenant", "media", *key} <= {each.name for each in guarded}
    assert [r.name for r in guarded if r.protect != shop.settings.production] == []
    others = [r.name for r in shop.graph if r.protect and r not in guarded]
    assert others == []


@every_shop
def test_what_holds_data_stays_unless_the_settings_let_it_go(shop):
    wanted = shop.settings.retain_data
    assert wanted or not shop.settings.production
    assert [r.name for r in kept(shop) if r.retain_on_delete != wanted] == []
    assert [r.name for r in shop.graph if r.retain_on_delete and not wanted] == []
    recovery = [r for r in kept(shop) if r.name == "config-recovery"]
    assert bool(recovery) == wanted


@every_shop
def test_claims_keep_their_names_sizes_and_classes(shop):
    settings = shop.settings
    wanted = {"media": (settings.media.storage, settings.media.access_mode)}
    if settings.database.mode in {"volume", "node-local"}:
        wanted["database-data"] = (settings.database.storage, "ReadWriteOnce")
    if settings.cache.sessions.mode == "own":
        wanted["cache-sessions-data"] = (settings.cache.sessions.storage, "ReadWriteOnce")
    claims = {n: c for n, c in shop.of("PersistentVolumeClaim").items() if n != "database-rebuild"}
    assert set(claims) == set(wanted)
    for name, (storage, mode) in wanted.items():
        claim = claims[name]
        assert claim["accessModes"] == [mode], name
        assert claim["resources"]["requests"]["storage"] == storage.size, name
        local = settings.database.mode == "node-local" and name == "database-data"
        assert claim.get("storageClassName") == ("" if local else storage.storage_class), name
    # The pods that hold something have it on their claim.
    mounted = {
        name: [
            v["persistentVolumeClaim"]["claimName"]
            for v in pod["spec"]["volumes"]
            if "persistentVolumeClaim" in v
        ]
        for name, pod in shop.pods.items()
    }
    if "database" in mounted:
        assert mounted["database"] == ["database-data"]
    if "cache-sessions" in mounted:
        assert mounted["cache-sessions"] == ["cache-sessions-data"]
    assert [
        name for name in ("storefront", "admin", "cron", "release") if mounted[name] != ["media"]
    ] == []


@every_shop
def test_data_is_mounted_where_the_servers_write_it(shop):
    paths = {"database": ("/var/lib/mysql", "mariadb"), "cache-sessions": ("/data", "valkey")}
    for name, (path, container) in paths.items():
        if name in shop.pods:
            mounts = shop.container(name, container)["volumeMounts"]
            assert [m["mountPath"] for m in mounts if m["name"] == "data"] == [path]
            assert not [m for m in mounts if m["name"] == "data" and "subPath" in m]
    if "cache-sessions" in shop.pods:
        assert valkey(shop, "cache-sessions")["dir"] == "/data"
    for name in shop.code:
        container = next(c for n, _, c in shop.containers() if n == name and c["name"] != "nginx")
        mounts = {m["mountPath"]: m for m in container["volumeMounts"]}
        assert mounts["/var/www/html/media"]["name"] == "media"
        assert not mounts["/var/www/html/media"].get("readOnly")
        assert mounts["/var/www/html/var"]["name"] == "var"


@every_shop
def test_the_volume_of_a_node_stays_and_belongs_to_one_claim(shop):
    for volume in shop.of("PersistentVolume").values():
        database = shop.settings.database
        assert volume["persistentVolumeReclaimPolicy"] == "Retain"
        assert volume["local"]["path"] == database.path
        assert volume["claimRef"] == {
            "namespace": shop.settings.namespace_name,
            "name": "database-data",
        }
        [term] = volume["nodeAffinity"]["required"]["nodeSelectorTerms"]
        [expression] = term["matchExpressions"]
        assert (expression["key"], expression["values"]) == (
            "kubernetes.io/hostname",
            [database.node],
        )
        claim = shop.of("PersistentVolumeClaim")["database-data"]
        assert ("PersistentVolume", claim["volumeName"]) in shop.objects


@every_shop
def test_a_confirmed_order_is_on_the_disk(shop):
    lines = config(shop)
    if lines is None:
        return
    assert lines["innodb_flush_log_at_trx_commit"] == "1"
    assert lines.get("innodb_doublewrite", "ON") in {"ON", "1"}
    assert lines.get("sync_binlog", "1") == "1"
    assert lines["transaction_isolation"] == "READ-COMMITTED"
    # OpenMage's largest row: a serialised cart, or a page's cached block.
    assert number(lines["max_allowed_packet"]) >= 16e6


@every_shop
def test_an_order_is_on_two_servers_where_there_are_several(shop):
    for servers in shop.of("MariaDB").values():
        assert servers["replicas"] == shop.settings.database.replicas >= 2
        assert servers["storage"]["pvcRetentionPolicy"] == {
            "whenDeleted": "Retain",
            "whenScaled": "Retain",
        }
        assert servers["storage"]["size"] == shop.settings.database.storage.size
        assert servers["podDisruptionBudget"] == {"maxUnavailable": 1}
        assert servers["tls"]["enabled"] is True
        assert servers["terminationGracePeriodSeconds"] >= 60
        if shop.settings.database.mode == "replicated":
            replication = servers["replication"]
            assert replication["enabled"] is True
            assert replication["semiSyncEnabled"] is True
            assert replication["semiSyncWaitPoint"] == "AfterSync"
            assert replication["syncBinlog"] == 1
            assert replication["gtidStrictMode"] is True
            assert replication["primary"]["autoFailover"] is True
            lag = shop.settings.database.max_lag_seconds
            assert replication["replica"]["maxLagSeconds"] == lag
            assert int(config(shop)["binlog_expire_logs_seconds"]) >= 86400
        else:
            assert servers["galera"]["enabled"] is True
            assert servers["galera"]["sst"] == "mariabackup"
            assert servers["galera"]["recovery"]["minClusterSize"] == 1
        affinity = servers["affinity"]["podAntiAffinity"]
        required = "requiredDuringSchedulingIgnoredDuringExecution" in affinity
        assert required == (shop.settings.database.spread == "required")


@every_shop
def test_a_database_fits_into_its_memory_with_all_its_connections(shop):
    lines = config(shop)
    if lines is None:
        return
    limit = number(shop.settings.database.resources.limits.memory)
    pool = number(lines["innodb_buffer_pool_size"])
    # A busy connection of OpenMage takes about a megabyte, the server itself 150.
    assert 0.4 * limit <= pool <= 0.75 * limit
    assert pool + 150e6 + int(lines["max_connections"]) * 1e6 <= limit
    assert int(lines["max_connections"]) >= shop.settings.connections


@every_shop
def test_no_pod_takes_a_connection_that_another_one_needs(shop):
    workers = 0
    for name, tier in shop.web():
        scaler = shop.of("HorizontalPodAutoscaler").get(name)
        if shop.topology == "split" and name == "storefront":
            scaler = shop.of("HorizontalPodAutoscaler")["storefront-php"]
        most = scaler["maxReplicas"] if scaler else shop.of("Deployment")[name]["replicas"]
        workers += (most + 1) * tier.php.workers
    # Cron, the release, and a person.
    assert shop.settings.database.max_connections >= workers + 3


@every_shop
def test_sessions_survive_a_restart_and_tags_survive_a_full_cache(shop):
    sessions, cache = valkey(shop, "cache-sessions"), valkey(shop, "cache")
    if sessions is not None:
        assert sessions["appendonly"] == "yes"
        assert sessions["appendfsync"] in {"everysec", "always"}
        # The one that ends soonest goes: no living cart before a bot's visit.
        assert sessions["maxmemory-policy"] == "volatile-ttl"
    if cache is not None:
        assert cache["appendonly"] == "no"
        # Tags have no lifetime: what has none must stay.
        assert cache["maxmemory-policy"] == "volatile-lru"


@every_shop
def test_a_valkey_asks_for_its_password_and_fits_into_its_memory(shop):
    for store, chosen in (
        ("cache-sessions", shop.settings.cache.sessions),
        ("cache", shop.settings.cache.cache),
    ):
        lines = valkey(shop, store)
        if lines is None:
            continue
        assert lines["requirepass"] == shop.file(store, "/password")
        assert lines["port"] == "6379"
        assert lines["save"] == '""'
        limit = number(chosen.resources.limits.memory)
        # Rewriting the append-only file copies what changes meanwhile.
        most = 0.8 if store == "cache" else 0.7
        assert 0.4 * limit <= number(lines["maxmemory"]) <= most * limit, store
        engine = shop.settings.cache.engine
        container = shop.container(store, "valkey")
        assert container["args"] == [f"{engine}-server", "/etc/valkey/valkey.conf"]
        assert f"{engine}-cli ping" in container["readinessProbe"]["exec"]["command"][-1]
        assert "PONG" in container["readinessProbe"]["exec"]["command"][-1]


@every_shop
def test_the_shop_knows_its_stores_by_the_names_and_passwords_that_they_have(shop):
    root, settings = local_xml(shop), shop.settings
    connection = root.find("global/resources/default_setup/connection")
    found = {each.tag: each.text for each in connection}
    host, port = found["host"].rsplit(":", 1)
    database = settings.database
    if database.mode == "external":
        assert (host, int(port)) == (database.host, database.port)
        assert (found["dbname"], found["username"]) == (database.name, database.username)
        assert found["password"] == shop.stack_file.config["openmage:databasePassword"]
    else:
        suffix = "-primary" if shop.of("MariaDB") else ""
        assert (host, int(port)) == (f"database{suffix}", 3306)
        assert (found["dbname"], found["username"]) == ("openmage", "openmage")
        [passwords] = [
            r for r in shop.graph if r.kind == "Secret" and r.name == "database-passwords"
        ]
        assert (
            found["password"]
            == shop.objects["Secret", shop.graph.names[passwords.urn]]["stringData"]["password"]
        )
    tls = getattr(database, "ca", None) is not None
    assert found["type"] == ("openmage_kubernetes_tls" if tls else "openmage_kubernetes")
    assert (found["active"], found["persistent"]) == ("1", "0")
    for store, path in (("sessions", "redis_session"), ("cache", "cache/backend_options")):
        node, chosen = root.find(f"global/{path}"), getattr(settings.cache, store)
        host = node.findtext("host") or node.findtext("server")
        name = {"sessions": "cache-sessions", "cache": "cache"}[store]
        if chosen.mode == "own":
            assert (host, node.findtext("port")) == (name, "6379")
            assert node.findtext("password") == shop.file(name, "/password")
        else:
            assert node.findtext("password") == shop.stack_file.config[f"openmage:{store}Password"]
        if chosen.mode == "external":
            assert (host, node.findtext("port")) == (
                f"tls://{chosen.host}" if chosen.tls else chosen.host,
                str(chosen.port),
            )
        if chosen.mode == "sentinel":
            assert node.findtext("sentinel_master") == chosen.master
            assert len(node.findtext("sentinel_servers").split(",")) == len(chosen.sentinels)


@every_shop
def test_texts_keep_their_letters(shop):
    connections = local_xml(shop).findall("global/resources/*/connection/initStatements")
    assert connections
    assert {each.text for each in connections} == {"SET NAMES utf8"}
    lines = config(shop) or {}
    assert lines.get("character_set_server", "utf8mb4").startswith("utf8")
    assert "skip_character_set_client_handshake" not in lines
    if "database" in shop.pods:
        assert lines["skip_name_resolve"] == "ON"


@every_shop
def test_openmage_is_told_what_it_needs_before_it_can_ask_its_database(shop):
    root = local_xml(shop)
    told = {each.tag: each.text for each in root.find("global") if not len(each)}
    # Web pods never migrate, whatever mode they are in.
    assert told["skip_process_modules_updates"] == "1"
    assert told["skip_process_modules_updates_ignore_dev_mode"] == "1"
    assert told["session_save"] == "redis"
    assert told["disable_local_modules"] == "false"
    assert re.fullmatch(r"[A-Za-z0-9]{32}", root.findtext("global/crypt/key"))
    assert root.findtext("global/install/date")
    assert root.findtext("admin/routers/adminhtml/args/frontName") == shop.settings.admin.path
    assert [each.text for each in root.find("global/remote_addr_headers")] == ["HTTP_X_REAL_IP"]
    sessions = {each.tag: each.text for each in root.find("global/redis_session")}
    assert sessions["disable_locking"] == "0"
    assert int(sessions["max_concurrency"]) == shop.settings.session_concurrency
    shortest = min(tier.request_timeout_seconds for _, tier in shop.web())
    assert int(sessions["break_after_frontend"]) < shortest
    assert (
        int(sessions["min_lifetime"])
        <= int(sessions["first_lifetime"])
        <= int(sessions["max_lifetime"])
    )
    backend = {each.tag: each.text for each in root.find("global/cache/backend_options")}
    # Cleaning walks through every key of the store; what has ended goes by itself.
    assert backend["automatic_cleaning_factor"] == "0"
    # No session of a customer is in the database that is emptied with the cache.
    assert root.findtext("global/cache/backend").endswith(("_Redis", "_Tls"))


@every_shop
def test_every_pod_with_the_shops_code_has_the_same_local_xml(shop):
    assert len({shop.file(name, "/local.xml") for name in shop.code}) == 1
    assert len({shop.file(name, "zz-openmage.ini") for name in shop.code}) == 1


@every_shop
def test_the_rebuilding_of_a_replica_has_a_volume_that_can_be_made_anew(shop):
    for plan in shop.of("PhysicalBackup").values():
        volume = shop.graph.one("PersistentVolumeClaim", "database-rebuild")
        claimed = plan["storage"]["volume"]["persistentVolumeClaim"]["claimName"]
        assert claimed == shop.graph.names[volume.urn]
        assert volume.replace_on_changes == ("spec",)
        assert volume.delete_before_replace
        size = number(spec(volume)["resources"]["requests"]["storage"])
        assert size >= number(shop.settings.database.storage.size)
        assert plan["schedule"] == {"suspend": True}
        assert plan["mariaDbRef"]["name"] in shop.of("MariaDB")
        template = shop.of("MariaDB")["database"]["replication"]["replica"]["bootstrapFrom"]
        assert template["physicalBackupTemplateRef"]["name"] in shop.of("PhysicalBackup")
