"""Running Docker, if it is available."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from operate.engine import NotPossibleError

_PAGE = "https://docs.docker.com/get-started/get-docker/"


def demand(*programs: tuple[str, str]) -> None:
    """Refuse to continue without Docker and these programs, each with its page."""
    for program, page in (("docker", _PAGE), *programs):
        if shutil.which(program) is None:
            message = f"{program} is not on the PATH: {page}"
            raise NotPossibleError(message)
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        message = "the Docker engine does not respond: start Docker, then try again"
        raise NotPossibleError(message)


def succeed(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    text: str | None = None,
) -> None:
    """Run a program with its output shown and optional text as input; raise if it fails."""
    added = {**os.environ, **environment} if environment else None
    ended = subprocess.run(command, check=False, env=added, input=text, text=True)
    if ended.returncode:
        words = " ".join(str(word) for word in command[:3])
        message = f"{words} failed; see above"
        raise NotPossibleError(message)


def has_image(name: str) -> bool:
    """Return whether the engine has an image."""
    asked = ["docker", "image", "inspect", name]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0
