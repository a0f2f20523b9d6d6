"""A monitor that records registrations, and responds as a cluster would."""

# Values from YAML or from the wire are untyped until they are checked.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

import asyncio
import hashlib
import threading
from collections.abc import Iterable
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from offline.graph import Graph, Resource, Secret

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key that marks a special value on the wire; both constants are private in the SDK."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (the mark of secrets, not a secret)


class Cluster(mocks.Mocks):
    """Responds with the inputs, adding the names and passwords that a provider would generate."""

    def __init__(self, *, preview: bool) -> None:
        """Respond as in an update, or as in a preview of new resources."""
        self._preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Return the id and the state of a new resource."""
        state = dict(args.inputs)
        if self._preview:
            return "", state
        if args.typ.startswith("kubernetes:"):
            metadata = dict(state.get("metadata", {}))
            metadata.setdefault("name", f"{args.name}-{_suffix(args.typ, args.name)}")
            state["metadata"] = metadata
        elif args.typ.startswith("random:"):
            length = int(state.get("length", 16))
            state["result"] = hashlib.sha256(args.name.encode()).hexdigest()[:length]
        return f"{args.name}-id", state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        """Refuse: the program must not call functions."""
        message = f"the program must not call {args.token}: an offline preview cannot answer it"
        raise NotImplementedError(message)


class Recorder(mocks.MockMonitor):
    """Records registrations with details that plain mocks omit: parent, protect, dependencies."""

    def __init__(self, answers: Cluster, graph: Graph) -> None:
        """Record into the graph."""
        super().__init__(answers)
        self._graph = graph

    def RegisterResource(  # noqa: N802 (the name of the call)
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Register a resource and record the request."""
        with _ClosedLoop():
            response = super().RegisterResource(request)
        _mark_secrets(response, request.additionalSecretOutputs)
        depends_on = set(request.dependencies)
        for dependency in request.propertyDependencies.values():
            depends_on.update(dependency.urns)
        self._graph.resources[response.urn] = Resource(
            urn=response.urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            inputs={key: _value(item) for key, item in request.object.fields.items()},
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            provider=request.provider,
            aliases=tuple(request.aliasURNs),
            ignore_changes=tuple(request.ignoreChanges),
            depends_on=tuple(sorted(depends_on)),
            custom_timeouts=_timeouts(request.customTimeouts),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            replace_on_changes=tuple(request.replaceOnChanges),
            delete_before_replace=request.deleteBeforeReplace,
            deleted_with=request.deletedWith,
        )
        metadata: Any = _value(response.object.fields.get("metadata", struct_pb2.Value()))
        if isinstance(metadata, dict):
            self._graph.names[response.urn] = str(metadata.get("name") or request.name)
        return response

    def RegisterResourceOutputs(  # noqa: N802 (the name of the call)
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> Any:
        """Note that the component, or the stack, is complete, and what it gives out."""
        self._graph.finished.add(request.urn)
        self._graph.outputs[request.urn] = {
            key: _value(item) for key, item in request.outputs.fields.items()
        }
        with _ClosedLoop():
            return super().RegisterResourceOutputs(request)


class _ClosedLoop:
    """Provides the SDK's mocks with an event loop in worker threads, and closes it afterwards."""

    def __enter__(self) -> None:
        """Set a loop for the thread; the main thread has its own."""
        self._loop = None
        if threading.current_thread() is not threading.main_thread():
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)

    def __exit__(self, *_: object) -> None:
        """Close the loop."""
        if self._loop is not None:
            self._loop.close()
            asyncio.set_event_loop(None)


def _mark_secrets(response: resource_pb2.RegisterResourceResponse, names: Iterable[str]) -> None:
    """Mark outputs as the engine does, so that what is made of them is secret, too."""
    fields = response.object.fields
    for name in names:
        if name in fields and not isinstance(_value(fields[name]), Secret):
            marked = struct_pb2.Value()
            marked.struct_value.fields[_SIGNATURE].string_value = _SECRET
            marked.struct_value.fields["value"].CopyFrom(fields[name])
            fields[name].CopyFrom(marked)


def _timeouts(asked: resource_pb2.RegisterResourceRequest.CustomTimeouts) -> dict[str, str]:
    found = {"create": asked.create, "update": asked.update, "delete": asked.delete}
    return {operation: time for operation, time in found.items() if time}


def _suffix(kind: str, name: str) -> str:
    """Return a deterministic stand-in for a provider's random suffix."""
    return hashlib.sha256(f"{kind}::{name}".encode()).hexdigest()[:8]


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET:
            return Secret(_value(fields["value"]))
        return {key: _value(item) for key, item in fields.items() if key != _SIGNATURE}
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind in {"string_value", "bool_value"}:
        return getattr(value, kind)
    return None
