"""Run the program once, on mocks."""

import asyncio
import contextlib
import contextvars
import json
import os
import runpy
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.stack import Stack

from offline.graph import Graph
from offline.monitor import Cluster, Recorder
from offline.stack_files import StackFile
from stackfile.source import STACK_FILE

_ROOT = Path(__file__).resolve().parent.parent
NO_STACK_FILE = StackFile("test", Path("none"), {}, frozenset())
"""For what reads no configuration."""


def run(stack_file: StackFile, *, root: Path = _ROOT, preview: bool = False) -> Graph:
    """Return the resources that the program would register; a RunError says why it refuses."""

    def program() -> None:
        runpy.run_path(str(root / "__main__.py"), run_name="__main__")

    with _surroundings(root, stack_file):
        return record(program, stack_file, preview=preview)


def record(
    program: Callable[[], object], stack_file: StackFile = NO_STACK_FILE, *, preview: bool = False
) -> Graph:
    """Return what a function registers, be it a program or one component."""
    # The SDK keeps the stack in the context: in an empty one, a run finds none of an earlier run.
    return contextvars.Context().run(_record, program, stack_file, preview=preview)


def _record(program: Callable[[], object], stack_file: StackFile, *, preview: bool) -> Graph:
    def exporting() -> None:
        program()
        # Mocks have ended the stack before the program began: what it exports would go nowhere.
        stack = pulumi.runtime.get_root_resource()
        if isinstance(stack, Stack):
            stack.register_outputs(stack.outputs)

    graph = Graph()
    # The SDK's own wrapper: it returns when every registration has completed.
    wrapper: Any = getattr(pulumi.runtime, "test")  # noqa: B009 (untyped in the SDK)
    drained: Callable[[], None] = wrapper(exporting)
    # A loop of its own, so that a run leaves nothing behind for the next one.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    answers = Cluster(preview=preview)
    mocks.set_mocks(
        answers,
        project="openmage",
        stack=stack_file.stack,
        preview=preview,
        monitor=Recorder(answers, graph),
    )
    set_all_config(dict(stack_file.config), list(stack_file.secrets))
    try:
        drained()
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return graph


@contextmanager
def _surroundings(root: Path, stack_file: StackFile) -> Generator[None]:
    """Be in the program's folder, with a kubeconfig that has only the stack's context."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        path.write_text(json.dumps(_kubeconfig(stack_file)), encoding="utf-8")
        files = {"KUBECONFIG": str(path), STACK_FILE: str(stack_file.path.resolve())}
        with patch.dict(os.environ, files), contextlib.chdir(root):
            yield


def _kubeconfig(stack_file: StackFile) -> dict[str, object]:
    context, server = stack_file.context, stack_file.server or "https://offline.invalid"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "offline", "cluster": {"server": server}}],
        "contexts": [{"name": context, "context": {"cluster": "offline", "user": "offline"}}],
        "users": [{"name": "offline", "user": {}}],
    }
