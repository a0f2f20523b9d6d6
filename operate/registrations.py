"""Write what the program of a checkout registers for each stack file: `registrations.py DIR OUT`.

It runs on the checkout's own modules, so it uses nothing of them that changes between versions.
"""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any, cast

# The environment of the run, not of the program.
_LEFT_OUT = {"kubeconfig"}
_KEPT = ("parent", "protect", "retain_on_delete", "aliases", "ignore_changes", "depends_on")


def main(checkout: Path, out: Path) -> None:
    """Write the registrations of each stack file as JSON, by the file's path."""
    sys.path[:0] = [str(checkout), str(checkout / "platform")]
    found: dict[str, Any] = {}
    for folder in (checkout, checkout / "stacks", checkout / "platform"):
        for path in sorted(folder.glob("Pulumi.*.yaml")):
            found[str(path.relative_to(checkout))] = _registered(checkout, path)
    out.write_text(json.dumps(found, sort_keys=True), encoding="utf-8")


def _registered(checkout: Path, path: Path) -> dict[str, Any]:
    from offline import read_stack_file, run  # noqa: PLC0415 (of the checkout, not of this project)

    root = checkout / "platform" if path.parent.name == "platform" else checkout
    if root == checkout:
        graph = run(read_stack_file(path))
    else:
        from command import read  # noqa: PLC0415 (likewise)

        graph = run(read(path), root=root)
    return {resource.urn: _plain(resource) for resource in graph}


def _plain(resource: Any) -> dict[str, Any]:
    kept = {name: getattr(resource, name) for name in _KEPT}
    if "::pulumi:pulumi:Stack::" in kept["parent"]:
        kept["parent"] = "the stack"
    inputs = {key: value for key, value in resource.inputs.items() if key not in _LEFT_OUT}
    return {**kept, "inputs": _marked(inputs)}


def _marked(value: Any) -> Any:
    """Return a value as JSON can hold it; what is secret stays marked."""
    if dataclasses.is_dataclass(value):
        return {"secret": _marked(getattr(value, "value"))}  # noqa: B009 (a class of the checkout)
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[Any]", value)]
    return value


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
