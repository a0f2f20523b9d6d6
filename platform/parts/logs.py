"""Fluent Bit on every node, which ships the shops' logs."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from parts._charts import FLUENT_BIT
from parts._install import PartArgs, child_of, install, namespace, overlaid, sized
from parts._pipeline import CERTIFICATES, STATE, DestinationArgs, pipeline

NAMESPACE = "logs"


class LogsArgs(PartArgs):
    """Arguments of the collector."""

    destination: DestinationArgs
    every_namespace: bool
    """Whether logs of other pods are shipped as well."""
    names: Mapping[str, str]
    """User and tenant at the destination, as variables: LOGS_USERNAME, LOGS_TENANT."""
    password: pulumi.Output[str] | None
    files: Mapping[str, pulumi.Input[str]]
    """Certificates in PEM form, by their names as files: ca.crt, tls.crt, tls.key."""


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
        password = _secret(f"{name}-password", space, _password(args), child)
        certificates = _secret(f"{name}-certificates", space, args["files"], child)
        values = overlaid(_values(args, password, certificates), args)
        install(name, FLUENT_BIT, space, values, child)
        self.register_outputs({})


def _password(args: LogsArgs) -> dict[str, pulumi.Input[str]]:
    return {} if args["password"] is None else {"password": args["password"]}


def _secret(
    name: str,
    space: k8s.core.v1.Namespace,
    data: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str] | None:
    """Create a Secret if needed; a change creates a new one and rolls the pods."""
    if not data:
        return None
    secret = k8s.core.v1.Secret(
        name,
        metadata={"namespace": space.metadata.name},
        type="Opaque",
        string_data=data,
        opts=opts,
    )
    return secret.metadata.name


def _values(
    args: LogsArgs, password: pulumi.Output[str] | None, certificates: pulumi.Output[str] | None
) -> dict[str, Any]:
    volumes = [_host("state", STATE)]
    mounts: list[dict[str, Any]] = [{"name": "state", "mountPath": STATE}]
    if certificates is not None:
        volumes.append({"name": "certificates", "secret": {"secretName": certificates}})
        mounts.append({"name": "certificates", "mountPath": CERTIFICATES, "readOnly": True})
    return {
        "testFramework": {"enabled": False},
        "config": pipeline(
            args["destination"],
            every_namespace=args["every_namespace"],
            variables=[*args["names"], *(["LOGS_PASSWORD"] if password is not None else [])],
            files=sorted(args["files"]),
        ),
        "env": _env(args, password),
        # Only root can read the nodes' logs; all other capabilities are dropped.
        "securityContext": {
            "runAsUser": 0,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        # Read-only, unlike the chart's own mount; containerd's logs are below it.
        "daemonSetVolumes": [_host("varlog", "/var/log")],
        "daemonSetVolumeMounts": [{"name": "varlog", "mountPath": "/var/log", "readOnly": True}],
        "extraVolumes": volumes,
        "extraVolumeMounts": mounts,
        # Tainted nodes run shops as well.
        "tolerations": [{"operator": "Exists"}],
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
        "serviceMonitor": {"enabled": args["monitored"]},
        "resources": sized("20m", "64Mi", "256Mi"),
    }


def _host(name: str, path: str) -> dict[str, Any]:
    kind = "Directory" if path == "/var/log" else "DirectoryOrCreate"
    return {"name": name, "hostPath": {"path": path, "type": kind}}


def _env(args: LogsArgs, password: pulumi.Output[str] | None) -> list[dict[str, Any]]:
    env: list[dict[str, Any]] = [
        {"name": name, "value": value} for name, value in args["names"].items()
    ]
    if password is not None:
        reference = {"name": password, "key": "password"}
        env.append({"name": "LOGS_PASSWORD", "valueFrom": {"secretKeyRef": reference}})
    return env
