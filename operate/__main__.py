"""`python -m operate COMMAND --stack STACK`."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pulumi

from offline import StackFile, find_stack_file, reach, read_stack_file, run
from offline.manifests import write
from offline.tree import mermaid, tree
from operate import compose, engine, images, local_cluster, local_shop
from operate.tools import missing
from stackfile.report import SettingsError

_ROOT = Path(__file__).resolve().parent.parent
_README = _ROOT / "README.md"
_BEGIN, _END = "<!-- picture: make picture -->\n", "<!-- /picture -->"


def main() -> int:
    """Run one command; errors are a sentence or a report, never a traceback."""
    arguments = _arguments()
    try:
        stack_file = read_stack_file(find_stack_file(_ROOT, arguments.stack))
        _COMMANDS[arguments.command](stack_file, arguments)
    except (SettingsError, pulumi.RunError, engine.NotPossibleError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="operate", description=__doc__)
    parser.add_argument("command", choices=_COMMANDS)
    parser.add_argument("--stack", default="dev", help="name of a stack, or path to its file")
    parser.add_argument("--out", type=Path, help="folder to write the manifests to")
    parser.add_argument("--offline", action="store_true", help="use neither CLI nor cluster")
    parser.add_argument("--matrix", action="store_true", help="show who may reach whom")
    parser.add_argument("--yes", action="store_true", help="skip confirmation")
    parser.add_argument("--shop", help="folder, or repository#tag, with the shop's code")
    parser.add_argument("--php", help="version of PHP in the images")
    parser.add_argument("--image", action="append", default=[], help="key=repository@sha256:...")
    parser.add_argument("--sample-data", type=Path, help="archive or folder of sample data")
    parser.add_argument("--wipe", action="store_true", help="also remove the local shop's data")
    return parser.parse_args()


def _preview(stack_file: StackFile, out: Path | None, *, offline: bool, matrix: bool) -> None:
    _show(stack_file, out, offline=offline)
    if matrix:
        print(f"\n{reach.text(reach.reach(run(stack_file)))}")


def _show(stack_file: StackFile, out: Path | None, *, offline: bool) -> None:
    lacking = ["as you asked"] if offline else missing(stack_file)
    if not lacking and out is None:
        print(f"Preview of {stack_file.stack} by the Pulumi engine against its cluster:\n")
        engine.preview(stack_file)
        return
    reason = lacking[0] if lacking else "writing manifests does not need the cluster"
    print(f"Offline preview of {stack_file.stack}, without CLI and cluster ({reason}).")
    print("It shows everything that the first `make up` would create:\n")
    graph = run(stack_file)
    print(tree(graph))
    if out is not None:
        print(f"\n{write(graph, out)} manifests are in {out}; secrets are masked.")


def _compose(stack_file: StackFile) -> None:
    print(f"The files for images/compose.yaml are in {compose.render(stack_file)}.")


def _picture(stack_file: StackFile) -> None:
    _README.write_text(with_picture(stack_file), encoding="utf-8")


def with_picture(stack_file: StackFile) -> str:
    """Return the README with an updated picture of the stack."""
    text = _README.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}```mermaid\n{mermaid(run(stack_file))}\n```\n{_END}{after}"


_COMMANDS: Mapping[str, Callable[[StackFile, argparse.Namespace], None]] = {
    "preview": lambda stack, given: _preview(
        stack, given.out, offline=given.offline, matrix=given.matrix
    ),
    "up": lambda stack, given: engine.up(stack, yes=given.yes),
    "down": lambda stack, given: engine.down(stack, yes=given.yes),
    "cluster": lambda stack, _: local_cluster.create(stack),
    "admin-password": lambda stack, _: engine.admin_password(stack),
    "access-password": lambda stack, _: engine.access_password(stack),
    "images": lambda stack, given: images.build(stack, given.shop, given.php),
    "bump": lambda stack, given: images.bump(stack.path, given.image),
    "compose": lambda stack, _: _compose(stack),
    "compose-up": lambda stack, given: local_shop.up(stack, given.sample_data),
    "compose-down": lambda _, given: local_shop.down(wipe=given.wipe),
    "compose-password": lambda _stack, _given: local_shop.show_password(),
    "picture": lambda stack, _: _picture(stack),
}


if __name__ == "__main__":
    sys.exit(main())
