"""The real Pulumi CLI; by default its state is kept in this project."""

import json
import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

from offline import StackFile
from operate.tools import missing
from stackfile.source import STACK_FILE

_ROOT = Path(__file__).resolve().parent.parent
_STATE = _ROOT / ".state"


class NotPossibleError(Exception):
    """A command that cannot be run; the text says why and what to do."""


def up(stack_file: StackFile, *, yes: bool) -> None:
    """Bring the shop up."""
    environment = _prepare(stack_file)
    _pulumi(stack_file, environment, "up", *_consent(stack_file, yes=yes))
    outputs = _outputs(stack_file, environment)
    print(f"\nshop   {outputs['shopUrl']}\nadmin  {outputs['adminUrl']}")
    print(f"user   {outputs['adminUsername']}; `make admin-password` shows the password")


def down(stack_file: StackFile, *, yes: bool) -> None:
    """Destroy the stack; retained resources stay in the cluster."""
    if stack_file.shop.get("environment") == "production":
        message = (
            "this command does not destroy a production shop: its data is protected."
            " docs/operators-guide.md says how to take one out of service."
        )
        raise NotPossibleError(message)
    environment = _prepare(stack_file)
    _pulumi(stack_file, environment, "destroy", *_consent(stack_file, yes=yes))
    if stack_file.shop.get("retainData", True):
        print("\nThe namespace, its volumes and the Secret config-recovery-... are still there.")


def preview(stack_file: StackFile) -> None:
    """Show what `up` would change."""
    _pulumi(stack_file, _prepare(stack_file), "preview", "--diff")


def admin_password(stack_file: StackFile) -> None:
    """Print the first administrator's initial password."""
    print(_outputs(stack_file, _prepare(stack_file))["adminPassword"])


def access_password(stack_file: StackFile) -> None:
    """Print the password for basic authentication."""
    outputs = _outputs(stack_file, _prepare(stack_file))
    if "accessPassword" not in outputs:
        message = (
            "there is no access password:"
            " access.shop.basicAuth and access.admin.basicAuth are both off"
        )
        raise NotPossibleError(message)
    print(outputs["accessPassword"])


def _prepare(stack_file: StackFile) -> dict[str, str]:
    environment = ready(stack_file)
    _pulumi(stack_file, environment, "stack", "select", "--create", quiet=True)
    return environment


def ready(stack_file: StackFile) -> dict[str, str]:
    """Return the environment for `pulumi`, or refuse if prerequisites are missing."""
    if lacking := missing(stack_file):
        listed = "\n".join(f"  - {item}" for item in lacking)
        message = f"missing prerequisites:\n{listed}"
        raise NotPossibleError(message)
    # The program needs the file for line numbers; the engine only passes the stack's name.
    return {**_environment(), STACK_FILE: str(stack_file.path.resolve())}


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    if "PULUMI_BACKEND_URL" in environment:
        return environment
    backend = _STATE / "pulumi"
    backend.mkdir(parents=True, exist_ok=True)
    environment["PULUMI_BACKEND_URL"] = f"file://{backend}"
    known = {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}
    if not known & environment.keys():
        environment["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_passphrase())
    return environment


def _passphrase() -> Path:
    file = _STATE / "passphrase"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        print(f"The state is kept in {_STATE.name}/, its secrets under {_STATE.name}/passphrase.")
        print("Keep both: without the passphrase the shop's passwords cannot be decrypted.")
    return file


def _consent(stack_file: StackFile, *, yes: bool) -> list[str]:
    dev = stack_file.shop.get("environment") == "dev"
    return ["--yes"] if yes or dev else []


def _outputs(stack_file: StackFile, environment: dict[str, str]) -> dict[str, Any]:
    shown = _pulumi(
        stack_file, environment, "stack", "output", "--json", "--show-secrets", quiet=True
    )
    outputs: dict[str, Any] = json.loads(shown or "{}")
    if not outputs:
        message = f"the stack {stack_file.stack} has no outputs yet: run `make up` first"
        raise NotPossibleError(message)
    return outputs


def _pulumi(
    stack_file: StackFile, environment: dict[str, str], *words: str, quiet: bool = False
) -> str:
    command = ["pulumi", *words, "--stack", stack_file.stack, "--config-file", str(stack_file.path)]
    if words[:2] == ("stack", "output"):
        command = command[:-2]
    if words[:2] == ("stack", "select"):
        command = ["pulumi", *words, stack_file.stack]
    ended = subprocess.run(
        command, cwd=_ROOT, env=environment, check=False, text=True, capture_output=quiet
    )
    if ended.returncode:
        message = f"pulumi {' '.join(words[:2])} failed; {ended.stderr or 'see above'}".strip()
        raise NotPossibleError(message)
    return ended.stdout or ""
