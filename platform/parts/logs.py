"""Fluent Bit on every node, which ships the shops' logs."""

from typing import Any, assert_never

import pulumi

from parts._charts import chart
from parts._install import PartArgs, child_of, install, namespace, secret_in
from parts._pipeline import CERTIFICATES, pipeline
from stackfile.merge import merge
from values.logs import Destination, GraylogLogs, LokiLogs, SearchLogs


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
        space = namespace(name, "logs", "privileged", child)
        collector = chart("fluent-bit")
        env, files = _credentials(args)
        # A change of either Secret creates a new one and rolls the pods.
        if "LOGS_USERNAME" in env and args["password"] is not None:
            held = secret_in(space, f"{name}-password", {"password": args["password"]}, child)
            reference = {"name": held, "key": "password"}
            env["LOGS_PASSWORD"] = {"valueFrom": {"secretKeyRef": reference}}
        values: dict[str, Any] = {
            "config": pipeline(args["server"], variables=env, files=files),
            "env": [{"name": variable, **given} for variable, given in env.items()],
            "serviceMonitor": {"enabled": args["monitored"]},
        }
        if files:
            held = secret_in(space, f"{name}-certificates", files, child)
            volume = {"name": "certificates", "secret": {"secretName": held}}
            mount = {"name": "certificates", "mountPath": CERTIFICATES, "readOnly": True}
            values["extraVolumes"] = [*collector.values["extraVolumes"], volume]
            values["extraVolumeMounts"] = [*collector.values["extraVolumeMounts"], mount]
        install(name, collector, space, merge(values, args["values"]), child)
        self.register_outputs({})


def _credentials(
    args: LogsArgs,
) -> tuple[dict[str, dict[str, Any]], dict[str, pulumi.Input[str]]]:
    """Return user and tenant as environment variables, and certificates as files in PEM form."""
    server = args["server"]
    env: dict[str, str | None] = {}
    files: dict[str, pulumi.Input[str] | None] = {"ca.crt": server.ca}
    match server:
        case GraylogLogs():
            files |= {"tls.crt": args["client_certificate"], "tls.key": args["client_key"]}
        case SearchLogs():
            env = {"LOGS_USERNAME": server.username}
        case LokiLogs():
            env = {"LOGS_USERNAME": server.username, "LOGS_TENANT": server.tenant}
        case _:
            assert_never(server)
    return (
        {name: {"value": value} for name, value in env.items() if value is not None},
        {name: value for name, value in files.items() if value is not None},
    )
