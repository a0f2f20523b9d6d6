"""Fluent Bit's configuration: read, label and ship."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypedDict

STATE = "/var/lib/openmage-logs"
"""Directory on the node for read positions and buffered chunks."""
CERTIFICATES = "/certificates"
_RENAMED = {
    "pod_name": "pod",
    "namespace_name": "namespace",
    "container_name": "container",
    "host": "node",
    "label_openmage.org/customer": "customer",
    "label_openmage.org/environment": "environment",
    "label_app.kubernetes.io/instance": "workload",
}
_DROPPED = ("time", "_p", "pod_id", "pod_ip", "docker_id", "container_hash", "container_image")
_TLS_FILES = {"ca.crt": "tls.ca_file", "tls.crt": "tls.crt_file", "tls.key": "tls.key_file"}

Pairs = Iterable[tuple[str, str]]


class DestinationArgs(TypedDict):
    """Destination of the logs."""

    kind: Literal["graylog", "elasticsearch", "opensearch", "loki"]
    host: str
    port: int
    protocol: Literal["tls", "tcp", "udp"]
    index: str | None
    """Index prefix, for Elasticsearch and OpenSearch."""


class Pipeline(TypedDict):
    """The chart's `config`: Fluent Bit's files, by section."""

    service: str
    inputs: str
    filters: str
    outputs: str
    customParsers: str


def pipeline(
    destination: DestinationArgs,
    *,
    every_namespace: bool,
    variables: Sequence[str],
    files: Sequence[str],
) -> Pipeline:
    """Return the files; free-form user input is passed in variables, never inlined."""
    return {
        "service": _section("SERVICE", _SERVICE),
        "inputs": _section("INPUT", _INPUT),
        "filters": "\n".join(
            _section("FILTER", [("Match", "*"), *pairs])
            for pairs in _filters(every_namespace=every_namespace)
        ),
        "outputs": _section("OUTPUT", _output(destination, variables, files)),
        "customParsers": "# none\n",
    }


_SERVICE: Pairs = (
    ("Flush", "1"),
    ("Log_Level", "warn"),
    ("Parsers_File", "/fluent-bit/etc/parsers.conf"),
    ("HTTP_Server", "On"),
    ("HTTP_Listen", "0.0.0.0"),  # noqa: S104 (the kubelet and Prometheus ask from outside)
    ("HTTP_Port", "2020"),
    ("Health_Check", "On"),
    ("storage.path", f"{STATE}/buffer"),
)
_INPUT: Pairs = (
    ("Name", "tail"),
    ("Tag", "kube.*"),
    ("Path", "/var/log/containers/*.log"),
    # Fluent Bit's own lines about a failed delivery would be shipped next.
    ("Exclude_Path", "/var/log/containers/*_logs_fluent-bit-*.log"),
    ("multiline.parser", "docker, cri"),
    ("DB", f"{STATE}/position.db"),
    ("Read_from_Head", "On"),
    ("Skip_Long_Lines", "On"),
    ("storage.type", "filesystem"),
)


def _filters(*, every_namespace: bool) -> Iterator[Pairs]:
    yield (
        ("Name", "kubernetes"),
        # Keep the fields of JSON lines, such as nginx's, separate from ours.
        ("Merge_Log", "On"),
        ("Merge_Log_Key", "fields"),
        ("Keep_Log", "On"),
        ("Annotations", "Off"),
        # Pod annotations must not change how lines are parsed, or exclude them.
        ("K8S-Logging.Parser", "Off"),
        ("K8S-Logging.Exclude", "Off"),
    )
    if not every_namespace:
        shop = "$kubernetes['labels']['openmage.org/customer']"
        yield (("Name", "grep"), ("Regex", f"{shop} .+"))
    for nested, prefix in (("kubernetes", ""), ("labels", "label_")):
        lifted = (("Name", "nest"), ("Operation", "lift"), ("Nested_under", nested))
        yield (*lifted, ("Add_prefix", prefix)) if prefix else lifted
    yield (
        ("Name", "modify"),
        *(("Rename", f"{old} {new}") for old, new in _RENAMED.items()),
        *(("Remove", key) for key in _DROPPED),
        ("Remove_wildcard", "label_"),
    )


def _output(
    destination: DestinationArgs, variables: Sequence[str], files: Sequence[str]
) -> Iterator[tuple[str, str]]:
    plugin = {"graylog": "gelf", "elasticsearch": "es"}.get(
        destination["kind"], destination["kind"]
    )
    yield from (("Name", plugin), ("Match", "*"))
    yield from (("Host", destination["host"]), ("Port", str(destination["port"])))
    # Retry an unavailable destination until it is back.
    yield from (("Retry_Limit", "no_limits"), ("storage.total_limit_size", "1G"))
    if destination["kind"] == "graylog":
        yield from (("Mode", destination["protocol"]), ("Gelf_Short_Message_Key", "log"))
        yield ("Gelf_Host_Key", "pod")
    elif destination["kind"] == "loki":
        labels = ("customer", "environment", "container")
        yield ("Labels", ", ".join(("job=fluent-bit", *(f"${name}" for name in labels))))
        yield ("Line_Format", "json")
    else:
        yield from (("Logstash_Format", "On"), ("Logstash_Prefix", str(destination["index"])))
        # Mapping types were removed in version 8.
        yield from (("Suppress_Type_Name", "On"), ("Replace_Dots", "On"))
    names = {
        "LOGS_USERNAME": "HTTP_User",
        "LOGS_PASSWORD": "HTTP_Passwd",
        "LOGS_TENANT": "Tenant_ID",
    }
    yield from ((names[variable], f"${{{variable}}}") for variable in variables)
    if destination["protocol"] == "tls":
        yield from (("tls", "On"), ("tls.verify", "On"), ("tls.verify_hostname", "On"))
        yield from ((_TLS_FILES[file], f"{CERTIFICATES}/{file}") for file in files)


def _section(name: str, pairs: Pairs) -> str:
    return "\n".join([f"[{name}]", *(f"    {key} {value}" for key, value in pairs), ""])
