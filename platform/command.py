"""The commands behind `make platform-preview` and `make platform-up`."""

import argparse
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pulumi

sys.path.append(str(Path(__file__).resolve().parent.parent))

from offline import Graph, Resource, StackFile, find_stack_file, read_stack_file, run
from offline.graph import masked
from operate.engine import NotPossibleError, ready
from operate.tools import missing
from stackfile.report import SettingsError
from stackfile.source import structured

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class PlatformFile(StackFile):
    """A stack file of the platform; its cluster section has the same place as a shop's."""

    @property
    def shop(self) -> Mapping[str, Any]:
        """The platform's settings as written in the file."""
        tree = structured(self.config.get("openmage-platform:platform"))
        return cast("Mapping[str, Any]", tree) if isinstance(tree, dict) else {}


def main() -> int:
    """Run one command; errors are a sentence or a report, never a traceback."""
    parser = argparse.ArgumentParser(prog="platform", description=__doc__)
    parser.add_argument("command", choices=("preview", "up"))
    parser.add_argument("--stack", default="dev", help="name of a stack, or path to its file")
    parser.add_argument("--offline", action="store_true", help="use neither CLI nor cluster")
    parser.add_argument("--yes", action="store_true", help="skip confirmation")
    arguments = parser.parse_args()
    try:
        stack_file = read(find_stack_file(_HERE, arguments.stack))
        if arguments.command == "up":
            _engine(stack_file, "up", *(["--yes"] if arguments.yes else []))
        else:
            _preview(stack_file, offline=arguments.offline)
    except (SettingsError, pulumi.RunError, NotPossibleError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def read(path: Path) -> PlatformFile:
    """Read a stack file; a SettingsError says where it is not valid YAML."""
    found = read_stack_file(path)
    return PlatformFile(found.stack, found.path, found.config, found.secrets)


def tree(graph: Graph) -> str:
    """Return the enabled parts, with their charts, namespaces and objects."""
    lines: list[str] = []
    for component in graph.components:
        if component.type.startswith("openmage:"):
            lines.append(f"{component.name} ({component.kind})")
            children = sorted(graph.children_of(component.name), key=lambda r: (r.kind, r.name))
            lines += [f"  |-- {child.kind} {_what(child)}" for child in children]
    return "\n".join(lines) or "Every part is off."


def _what(resource: Resource) -> str:
    inputs = masked(resource.inputs)
    if resource.kind in {"Release", "Chart"}:
        source = inputs.get("repositoryOpts", {}).get("repo") or inputs["chart"]
        text = f"{resource.name} {inputs['version']} from {source}"
    elif resource.kind == "ConfigFile":
        text = f"{resource.name} from {inputs['file']}"
    elif resource.kind == "Namespace":
        level = inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        text = f"{inputs['metadata']['name']} ({level})"
    else:
        text = resource.name
    return f"{text} (protected, retained)" if resource.protect else text


def _preview(stack_file: PlatformFile, *, offline: bool) -> None:
    lacking = ["as you asked"] if offline else missing(stack_file)
    if not lacking:
        _engine(stack_file, "preview", "--diff")
        return
    print(f"Offline preview of {stack_file.stack}, without CLI and cluster ({lacking[0]}).")
    print("It shows what the first `make platform-up` would install:\n")
    print(tree(run(stack_file, root=_HERE)))


def _engine(stack_file: PlatformFile, *words: str) -> None:
    environment = ready(stack_file)
    file = ["--stack", stack_file.stack, "--config-file", str(stack_file.path.resolve())]
    for command in (["stack", "select", "--create", stack_file.stack], [*words, *file]):
        ended = subprocess.run(["pulumi", *command], cwd=_HERE, env=environment, check=False)
        if ended.returncode:
            message = f"pulumi {command[0]} failed; see above"
            raise NotPossibleError(message)


if __name__ == "__main__":
    sys.exit(main())
