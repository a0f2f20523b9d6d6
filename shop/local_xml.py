"""app/etc/local.xml: the configuration OpenMage needs before it can query its database."""

from typing import TypedDict
from xml.etree import ElementTree as ET

from shop.constants import ETC
from shop.purge import Purge, Tree, purge_nodes
from stackfile.servers import RedisSentinels, RedisServer, SqlServer
from stackfile.tables import tables

INSTALLED = "Thu, 01 Jan 2026 00:00:00 +0000"
"""Install date. OpenMage only checks its presence; a fixed date keeps the file unchanged."""
SESSIONS_CA = f"{ETC}/sessions-ca.pem"
"""Where pods find the certificate authority of an external session store."""
_FIXED = tables(__file__, dict[str, dict[str, str]])
"""What is the same in every shop: options of the stores, and connection types by their classes."""


class LocalXml(TypedDict):
    """Everything in local.xml that differs between shops and releases."""

    crypt_key: str
    """Key of encrypted configuration and customer data."""
    admin_path: str
    """Front name of the admin area."""
    release: str
    """Identity of the release: old and new code never share a cache."""
    database: SqlServer
    """Where the database is; its `read` is where reads may go."""
    database_password: str
    """Password of the database's user."""
    sessions: RedisServer | RedisSentinels
    """Endpoint of the session store."""
    sessions_password: str
    """Password of that store; empty if it asks for none."""
    cache: RedisServer
    """Endpoint of the cache store."""
    cache_password: str
    """Password of that store; empty if it asks for none."""
    max_concurrency: int
    """How many requests of one session may wait for its lock."""
    purge: Purge | None
    """Who must hear what has changed; None without a frontend cache."""


def local_xml(values: LocalXml) -> str:
    """Return the file; every value is escaped by the XML writer."""
    database, password = values["database"], values["database_password"]
    resources: Tree = {
        "db": {"table_prefix": ""},
        "default_setup": {"connection": _connection(database, password)},
    }
    if database.read is not None:
        where = {"host": f"{database.read.host}:{database.read.port}"}
        # `use` must be empty, or the default setup's connection would be used instead.
        connection = {"use": "", **_connection(database, password), **where}
        resources["default_read"] = {"connection": connection}
    types: Tree = {name: {"class": code} for name, code in _FIXED["connection_types"].items()}
    global_: Tree = {
        "install": {"date": INSTALLED},
        "crypt": {"key": values["crypt_key"]},
        "disable_local_modules": "false",
        # Only the release migrates, never a web request.
        "skip_process_modules_updates": "1",
        "skip_process_modules_updates_ignore_dev_mode": "1",
        "resources": resources,
        # `resource`, not `resources`: OpenMage's connection types are separate.
        "resource": {"connection": {"types": types}},
        "session_save": "redis",
        "redis_session": _sessions(values),
        "cache": _cache(values),
        # Every log goes to the container's log, whatever file OpenMage names.
        "log": {"core": {"writer_model": "OpenMage_Kubernetes_Log"}},
        # nginx has determined the client's address; no other header is trusted.
        "remote_addr_headers": {"header1": "HTTP_X_REAL_IP"},
    }
    if values["purge"] is not None:
        global_ |= purge_nodes(values["purge"])
    admin: Tree = {"routers": {"adminhtml": {"args": {"frontName": values["admin_path"]}}}}
    root = ET.Element("config")
    _append(root, {"global": global_, "admin": admin})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _connection(server: SqlServer, password: str) -> Tree:
    return {
        "host": f"{server.host}:{server.port}",
        "username": server.username,
        "password": password,
        "dbname": server.name,
        "initStatements": "SET NAMES utf8",
        "model": "mysql4",
        "type": "openmage_kubernetes_tls" if server.ca is not None else "openmage_kubernetes",
        "pdoType": "",
        "active": "1",
        "persistent": "0",
    }


def _sessions(values: LocalXml) -> Tree:
    return {
        **_session_server(values["sessions"]),
        "password": values["sessions_password"],
        "db": str(values["sessions"].database),
        **_FIXED["redis_session"],
        "max_concurrency": str(values["max_concurrency"]),
    }


def _session_server(redis: RedisServer | RedisSentinels) -> Tree:
    if isinstance(redis, RedisServer):
        server: Tree = {"host": _host(redis), "port": str(redis.port)}
        if redis.ca is not None:
            server["tls_options"] = {"cafile": SESSIONS_CA}
    else:
        servers = [f"tcp://{each.host}:{each.port}" for each in redis.sentinels]
        server = {
            "sentinel_servers": ",".join(servers),
            "sentinel_master": redis.master,
            # During a failover a Sentinel may still name the old primary.
            "sentinel_verify_master": "1",
        }
    return {**server, **_username(redis)}


def _cache(values: LocalXml) -> Tree:
    redis = values["cache"]
    # Colin Mollenhour's backend has no option for a certificate authority; ours adds one.
    own_ca = redis.ca is not None
    return {
        "id_prefix": f"{values['release']}_",
        "backend": "OpenMage_Kubernetes_Cache_Tls" if own_ca else "Cm_Cache_Backend_Redis",
        "backend_options": {
            "server": _host(redis),
            "port": str(redis.port),
            **_username(redis),
            "password": values["cache_password"],
            "database": str(redis.database),
            **_FIXED["backend_options"],
        },
    }


def _host(redis: RedisServer) -> str:
    return f"tls://{redis.host}" if redis.tls else redis.host


def _username(redis: RedisServer | RedisSentinels) -> Tree:
    return {} if redis.username is None else {"username": redis.username}


def _append(parent: ET.Element, tree: Tree) -> None:
    for tag, value in tree.items():
        element = ET.SubElement(parent, tag)
        if isinstance(value, dict):
            _append(element, value)
        else:
            element.text = value
