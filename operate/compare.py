"""`python -m operate.compare BASE`: what the working tree renders otherwise than a commit did.

Every stack file of either is rendered by the program that stands beside it. Two things are the same
if each byte of every object is, and each option that the engine goes by.
"""

import difflib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

_ROOT = Path(__file__).resolve().parent.parent
_RENDERER = Path(__file__).with_name("registrations.py")

Registrations = dict[str, dict[str, Any]]
"""Stack files, in each the resources by their URN."""


def main(base: str) -> int:
    """Print the differences; the status says whether there are any."""
    with tempfile.TemporaryDirectory() as folder:
        before = _render(_checkout(base, Path(folder)))
    after = _render(_ROOT)
    lines = [line for stack in sorted({*before, *after}) for line in _stack(stack, before, after)]
    print("\n".join(lines) or f"No difference from {base}: {len(after)} stack files.")
    return 1 if lines else 0


def _checkout(revision: str, folder: Path) -> Path:
    packed = subprocess.run(
        ["git", "archive", revision], cwd=_ROOT, check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _render(checkout: Path) -> Registrations:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        # A process of its own: both checkouts have modules of the same names.
        words = [sys.executable, "-P", str(_RENDERER), str(checkout), out.name]
        ended = subprocess.run(words, cwd=checkout, check=False, capture_output=True, text=True)
        if ended.returncode:
            sys.exit(f"{checkout} does not render:\n{ended.stderr}")
        return json.loads(Path(out.name).read_text(encoding="utf-8"))


def _stack(stack: str, before: Registrations, after: Registrations) -> Iterator[str]:
    old, new = before.get(stack, {}), after.get(stack, {})
    for urn in sorted({*old, *new}):
        if urn not in new:
            yield f"{stack}: - {urn}"
        elif urn not in old:
            yield f"{stack}: + {urn}"
        elif old[urn] != new[urn]:
            yield f"{stack}: ~ {urn}"
            yield from _lines(old[urn], new[urn])


def _lines(old: Any, new: Any) -> Iterator[str]:
    before, after = (_text(value).splitlines() for value in (old, new))
    for line in difflib.unified_diff(before, after, lineterm="", n=1):
        if not line.startswith(("---", "+++", "@@")):
            yield f"    {line}"


def _text(value: Any) -> str:
    """Return a value as lines; a secret is a mark that differs where it does."""
    return json.dumps(_masked(value), indent=1, sort_keys=True).replace("\\n", "\n")


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        if list(found) == ["secret"]:
            return f"[secret {hash(json.dumps(found, sort_keys=True)) & 0xFFFF:04x}]"
        return {key: _masked(item) for key, item in found.items()}
    if isinstance(value, list):
        return [_masked(item) for item in cast("list[Any]", value)]
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
