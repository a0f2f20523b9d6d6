"""`python -m operate.compare BASE`: what the working tree renders otherwise than a commit did.

Every stack file of either is rendered by the program that stands beside it. Two things are the same
if each byte of every object is, and each option that the engine goes by.
"""

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_RENDERER = Path(__file__).with_name("registrations.py")


def main(base: str) -> int:
    """Print the differences; the status says whether there are any."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _render(_checkout(base, folder / "checkout"), folder / "before")
        _render(_ROOT, folder / "after")
        # The head of each difference names the resource: the last line that is not indented.
        words = ["git", "--no-pager", "diff", "--no-index", "--no-ext-diff", "--unified=1"]
        ended = subprocess.run([*words, "before", "after"], cwd=folder, check=False)
        if not ended.returncode:
            count = len(list((folder / "after").rglob("Pulumi.*.yaml")))
            print(f"No difference from {base}: {count} stack files.")
        return ended.returncode


def _checkout(revision: str, folder: Path) -> Path:
    packed = subprocess.run(
        ["git", "archive", revision], cwd=_ROOT, check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _render(checkout: Path, out: Path) -> None:
    # A process of its own: both checkouts have modules of the same names.
    words = [sys.executable, "-P", str(_RENDERER), str(checkout), str(out)]
    ended = subprocess.run(words, cwd=checkout, check=False, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{checkout} does not render:\n{ended.stderr}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
