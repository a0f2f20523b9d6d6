"""app/etc/local.xml: what OpenMage knows of its surroundings before it can ask its database."""

from typing import NotRequired, TypedDict
from xml.etree import ElementTree as ET

INSTALLED = "Thu, 01 Jan 2026 00:00:00 +0000"
"""Install date. OpenMage only asks whether there is one; a fixed one keeps the file the same."""
DATABASE_CA = "/etc/openmage/database-ca.pem"
"""Where pods find the certificate authority of an external database."""


class Connection(TypedDict):
    """One SQL endpoint."""

    host: str
    port: int
    name: str
    username: str
    password: str
    tls: bool
    """Whether the connection is encrypted and the server's certificate checked."""


class Redis(TypedDict):
    """One Valkey or Redis."""

    host: str
    port: int
    password: str


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


Tree = dict[str, "str | Tree"]


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
        "session_save": "redis",
        "redis_session": _sessions(values),
        "cache": _cache(values),
        # Every log goes to the container's, whatever file OpenMage has in mind.
        "log": {"core": {"writer_model": "OpenMage_Kubernetes_Log"}},
        # nginx has worked out the client's address; no other header is believed.
        "remote_addr_headers": {"header1": "HTTP_X_REAL_IP"},
    }
    if database["tls"]:
        # `resource`, not `resources`: OpenMage keeps its connection types apart.
        types: Tree = {"pdo_mysql_tls": {"class": "OpenMage_Kubernetes_Db_Tls"}}
        global_["resource"] = {"connection": {"types": types}}
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
        "type": "pdo_mysql_tls" if connection["tls"] else "pdo_mysql",
        "pdoType": "",
        "active": "1",
        "persistent": "0",
    }


def _sessions(values: LocalXml) -> Tree:
    redis = values["sessions"]
    return {
        "host": redis["host"],
        "port": str(redis["port"]),
        "password": redis["password"],
        "db": "0",
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


def _cache(values: LocalXml) -> Tree:
    redis = values["cache"]
    return {
        "id_prefix": f"{values['release']}_",
        "backend": "Cm_Cache_Backend_Redis",
        "backend_options": {
            "server": redis["host"],
            "port": str(redis["port"]),
            "password": redis["password"],
            "database": "0",
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


def _append(parent: ET.Element, tree: Tree) -> None:
    for tag, value in tree.items():
        element = ET.SubElement(parent, tag)
        if isinstance(value, dict):
            _append(element, value)
        else:
            element.text = value
