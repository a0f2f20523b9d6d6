"""app/etc/local.xml: what OpenMage knows of its surroundings before it can ask its database."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict
from xml.etree import ElementTree as ET

from shop.constants import ETC
from shop.purge import Purge, Tree, purge_nodes

INSTALLED = "Thu, 01 Jan 2026 00:00:00 +0000"
"""Install date. OpenMage only asks whether there is one; a fixed one keeps the file the same."""
SESSIONS_CA = f"{ETC}/sessions-ca.pem"
"""Where pods find the certificate authority of an external session store."""
_CONNECTION_TYPES: Tree = {
    "openmage_kubernetes": {"class": "OpenMage_Kubernetes_Db"},
    "openmage_kubernetes_tls": {"class": "OpenMage_Kubernetes_Db_Tls"},
}


class Connection(TypedDict):
    """One SQL endpoint."""

    host: str
    port: int
    name: str
    username: str
    password: str
    tls: bool
    """Whether the connection is encrypted and the server's certificate checked."""


class Address(TypedDict):
    """An address of a server."""

    host: str
    port: int


class Sentinels(TypedDict):
    """Who knows which of several servers is the primary."""

    master: str
    """Name that the Sentinels know it by."""
    servers: Sequence[Address]


class Redis(TypedDict):
    """One Valkey or Redis."""

    host: str
    """Host to connect to; empty where Sentinels know it."""
    port: int
    database: int
    username: str | None
    password: str
    tls: bool
    """Whether the connection is encrypted and the server's certificate checked."""
    ca: str | None
    """Certificate authority of the server, PEM; None for those that the image trusts."""
    sentinels: Sentinels | None
    """For sessions only."""


class LocalXml(TypedDict):
    """Everything in local.xml that differs between shops and releases."""

    crypt_key: str
    admin_path: str
    release: str
    """Identity of the release: old and new code never share a cache."""
    database: Connection
    read: NotRequired[Connection]
    """Where reads may go; the same as `database` if absent."""
    sessions: Redis
    cache: Redis
    max_concurrency: int
    """How many requests of one session may wait for its lock."""
    purge: NotRequired[Purge]
    """Who must hear what has changed; absent without a frontend cache."""


def local_xml(values: LocalXml) -> str:
    """Return the file; every value is escaped by the XML writer."""
    database = values["database"]
    resources: Tree = {
        "db": {"table_prefix": ""},
        "default_setup": {"connection": _connection(database)},
    }
    if "read" in values:
        # `use` must be empty, or the default setup's connection would be used in its place.
        resources["default_read"] = {"connection": {"use": "", **_connection(values["read"])}}
    global_: Tree = {
        "install": {"date": INSTALLED},
        "crypt": {"key": values["crypt_key"]},
        "disable_local_modules": "false",
        # Only the release migrates; a web request never does.
        "skip_process_modules_updates": "1",
        "skip_process_modules_updates_ignore_dev_mode": "1",
        "resources": resources,
        # `resource`, not `resources`: OpenMage keeps its connection types apart.
        "resource": {"connection": {"types": _CONNECTION_TYPES}},
        "session_save": "redis",
        "redis_session": _sessions(values),
        "cache": _cache(values),
        # Every log goes to the container's, whatever file OpenMage has in mind.
        "log": {"core": {"writer_model": "OpenMage_Kubernetes_Log"}},
        # nginx has worked out the client's address; no other header is believed.
        "remote_addr_headers": {"header1": "HTTP_X_REAL_IP"},
    }
    if "purge" in values:
        global_ |= purge_nodes(values["purge"])
    admin: Tree = {"routers": {"adminhtml": {"args": {"frontName": values["admin_path"]}}}}
    root = ET.Element("config")
    _append(root, {"global": global_, "admin": admin})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _connection(connection: Connection) -> Tree:
    return {
        "host": f"{connection['host']}:{connection['port']}",
        "username": connection["username"],
        "password": connection["password"],
        "dbname": connection["name"],
        "initStatements": "SET NAMES utf8",
        "model": "mysql4",
        "type": "openmage_kubernetes_tls" if connection["tls"] else "openmage_kubernetes",
        "pdoType": "",
        "active": "1",
        "persistent": "0",
    }


def _sessions(values: LocalXml) -> Tree:
    redis = values["sessions"]
    return {
        **_session_server(redis),
        "password": redis["password"],
        "db": str(redis["database"]),
        "timeout": "2.5",
        "persistent": "",
        "compression_threshold": "2048",
        "compression_lib": "gzip",
        "log_level": "1",
        "max_concurrency": str(values["max_concurrency"]),
        "break_after_frontend": "5",
        "break_after_adminhtml": "30",
        "fail_after": "10",
        "first_lifetime": "600",
        "bot_first_lifetime": "60",
        "bot_lifetime": "7200",
        "disable_locking": "0",
        "min_lifetime": "60",
        "max_lifetime": "2592000",
    }


def _session_server(redis: Redis) -> Tree:
    sentinels = redis["sentinels"]
    if sentinels is None:
        server: Tree = {"host": _host(redis), "port": str(redis["port"])}
        if redis["ca"] is not None:
            server["tls_options"] = {"cafile": SESSIONS_CA}
    else:
        servers = [f"tcp://{each['host']}:{each['port']}" for each in sentinels["servers"]]
        server = {
            "sentinel_servers": ",".join(servers),
            "sentinel_master": sentinels["master"],
            # In the middle of a failover a Sentinel may still name the old primary.
            "sentinel_verify_master": "1",
        }
    return {**server, **_username(redis)}


def _cache(values: LocalXml) -> Tree:
    redis = values["cache"]
    # Colin Mollenhour's backend has no option for a certificate authority; ours gives it one.
    own_ca = redis["ca"] is not None
    return {
        "id_prefix": f"{values['release']}_",
        "backend": "OpenMage_Kubernetes_Cache_Tls" if own_ca else "Cm_Cache_Backend_Redis",
        "backend_options": {
            "server": _host(redis),
            "port": str(redis["port"]),
            **_username(redis),
            "password": redis["password"],
            "database": str(redis["database"]),
            "persistent": "",
            "connect_retries": "2",
            "read_timeout": "10",
            "automatic_cleaning_factor": "0",
            "compress_data": "1",
            "compress_tags": "1",
            "compress_threshold": "20480",
            "compression_lib": "gzip",
            "use_lua": "1",
        },
    }


def _host(redis: Redis) -> str:
    return f"tls://{redis['host']}" if redis["tls"] else redis["host"]


def _username(redis: Redis) -> Tree:
    return {} if redis["username"] is None else {"username": redis["username"]}


def _append(parent: ET.Element, tree: Tree) -> None:
    for tag, value in tree.items():
        element = ET.SubElement(parent, tag)
        if isinstance(value, dict):
            _append(element, value)
        else:
            element.text = value
