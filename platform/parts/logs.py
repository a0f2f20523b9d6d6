"""Fluent Bit on every node, which ships the shops' logs."""

from typing import Any, assert_never

import pulumi

from parts._charts import chart
from parts._install import PartArgs, child_of, install, namespace, secret_in
from parts._pipeline import CERTIFICATES, STATE, pipeline
from stackfile.merge import merge
from values.logs import Destination, GraylogLogs, LokiLogs, PasswordLogs, SearchLogs

NAMESPACE = "logs"


class LogsArgs(PartArgs):
    """Arguments of the collector."""

    server: Destination
    """Destination of the logs."""
    password: pulumi.Output[str] | None
    """Password of the destination's user, if it has one."""
    client_certificate: pulumi.Output[str] | None
    """Client certificate for Graylog, PEM; only with its key."""
    client_key: pulumi.Output[str] | None
    """Private key of that certificate, PEM."""


class Logs(pulumi.ComponentResource):
    """Logs that outlive their pods, each line with its customer and environment."""

    def __init__(
        self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install the collector with its credentials."""
        super().__init__("openmage:platform:Logs", name, None, opts)
        child = child_of(self, args)
        # Reading the nodes' log directory requires this level.
        space = namespace(name, NAMESPACE, "privileged", child)
        # A change of either Secret creates a new one and rolls the pods.
        env, files = _variables(args["server"]), _certificates(args)
        if "LOGS_USERNAME" in env and args["password"] is not None:
            held = secret_in(space, f"{name}-password", {"password": args["password"]}, child)
            env["LOGS_PASSWORD"] = {
                "valueFrom": {"secretKeyRef": {"name": held, "key": "password"}}
            }
        mounted = secret_in(space, f"{name}-certificates", files, child) if files else None
        values = {
            "config": pipeline(args["server"], variables=env, files=files),
            "env": [{"name": variable, **given} for variable, given in env.items()],
            "serviceMonitor": {"enabled": args["monitored"]},
            **_volumes(mounted),
        }
        install(name, chart("fluent-bit"), space, merge(values, args["values"]), child)
        self.register_outputs({})


def _variables(server: Destination) -> dict[str, dict[str, Any]]:
    """Return user and tenant at the destination, as environment variables."""
    given: dict[str, str | None]
    match server:
        case GraylogLogs():
            given = {}
        case SearchLogs():
            given = {"LOGS_USERNAME": server.username}
        case LokiLogs():
            given = {"LOGS_USERNAME": server.username, "LOGS_TENANT": server.tenant}
        case _:
            assert_never(server)
    return {name: {"value": value} for name, value in given.items() if value is not None}


def _certificates(args: LogsArgs) -> dict[str, pulumi.Input[str]]:
    """Return certificates in PEM form, by their names as files."""
    given: dict[str, pulumi.Input[str] | None] = {"ca.crt": args["server"].ca}
    match args["server"]:
        case GraylogLogs():
            given |= {"tls.crt": args["client_certificate"], "tls.key": args["client_key"]}
        case PasswordLogs():
            pass
        case _:
            assert_never(args["server"])
    return {name: value for name, value in given.items() if value is not None}


def _volumes(certificates: pulumi.Output[str] | None) -> dict[str, list[dict[str, Any]]]:
    state = {"path": STATE, "type": "DirectoryOrCreate"}
    volumes: list[dict[str, Any]] = [{"name": "state", "hostPath": state}]
    mounts: list[dict[str, Any]] = [{"name": "state", "mountPath": STATE}]
    if certificates is not None:
        volumes.append({"name": "certificates", "secret": {"secretName": certificates}})
        mounts.append({"name": "certificates", "mountPath": CERTIFICATES, "readOnly": True})
    return {"extraVolumes": volumes, "extraVolumeMounts": mounts}
