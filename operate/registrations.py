"""Write what the program of a checkout registers for each stack file: `registrations.py DIR OUT`.

It runs on the checkout's own modules, so it uses nothing of them that changes between versions.
"""

import dataclasses
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, cast

# The environment of the run, not of the program.
_LEFT_OUT = {"kubeconfig"}
_KEPT = ("urn", "parent", "protect", "retain_on_delete", "aliases", "ignore_changes", "depends_on")


def main(checkout: Path, out: Path) -> None:
    """Write the registrations of each stack file as lines, to a file of the same path."""
    sys.path[:0] = [str(checkout), str(checkout / "platform")]
    for folder in (checkout, checkout / "stacks", checkout / "platform"):
        for path in sorted(folder.glob("Pulumi.*.yaml")):
            file = out / path.relative_to(checkout)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(_registered(checkout, path)), encoding="utf-8")


def _registered(checkout: Path, path: Path) -> list[str]:
    from offline import read_stack_file, run  # noqa: PLC0415 (of the checkout, not of this project)

    root = checkout / "platform" if path.parent.name == "platform" else checkout
    if root == checkout:
        graph = run(read_stack_file(path))
    else:
        from command import read  # noqa: PLC0415 (likewise)

        graph = run(read(path), root=root)
    return [_text(resource) for resource in sorted(graph, key=lambda resource: resource.urn)]


def _text(resource: Any) -> str:
    """Return what the engine goes by, indented below the resource's type and name."""
    kept = {name: getattr(resource, name) for name in _KEPT}
    if "::pulumi:pulumi:Stack::" in kept["parent"]:
        kept["parent"] = "the stack"
    inputs = {key: value for key, value in resource.inputs.items() if key not in _LEFT_OUT}
    text = json.dumps({**kept, "inputs": _marked(inputs)}, indent=1, sort_keys=True)
    lines = text.replace("\n", "\n ").replace("\\n", "\n    ")
    return f"{resource.type} {resource.name}\n {lines}\n"


def _marked(value: Any) -> Any:
    """Return a value as JSON can hold it; a secret is a mark that differs where it does."""
    if dataclasses.is_dataclass(value):
        secret = _marked(getattr(value, "value"))  # noqa: B009 (a class of the checkout)
        text = json.dumps(secret, sort_keys=True)
        return f"[secret {hashlib.sha256(text.encode()).hexdigest()[:12]}]"
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[Any]", value)]
    return value


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
