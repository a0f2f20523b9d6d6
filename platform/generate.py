"""Regenerate the schema and the reference of the platform's settings."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from choices.load import KEY, Secrets
from choices.model import Platform
from stackfile.reference import Reference
from stackfile.schema import Project, schema_text

_HERE = Path(__file__).resolve().parent

PROJECT = Project("Stack file of a platform for OpenMage shops", Platform, KEY, Secrets)
REFERENCE = Reference(
    PROJECT,
    stack_files=[_HERE / "Pulumi.example.yaml", _HERE / "Pulumi.dev.yaml"],
    introduction="""# Settings of the platform

Everything below `openmage-platform:platform` in a stack file of `platform/`. This page is
generated from the model (`make generate`); editors complete and check the same with
`platform/choices/schema.json`. [guide/platform.md](guide/platform.md) says when to take what.""",
    secrets="Keys of their own, set by `pulumi config set --secret` in `platform/`.",
)
FILES = {
    _HERE / "choices" / "schema.json": schema_text(PROJECT),
    _HERE.parent / "docs" / "platform-settings.md": REFERENCE.text(),
}

if __name__ == "__main__":
    for file, text in FILES.items():
        file.write_text(text, encoding="utf-8")
