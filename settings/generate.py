"""Write the schema and the reference of a shop's settings anew."""

from pathlib import Path

from settings.load import Secrets
from settings.model import SHOP, Settings
from settings.presets import PRESETS, complete
from stackfile.merge import Tree
from stackfile.reference import Reference
from stackfile.schema import Project, schema_text

_ROOT = Path(__file__).resolve().parent.parent


def _completed(tree: Tree) -> dict[str, Tree]:
    """Return the tree as each preset completes it."""
    sized = {name: complete({**tree, "preset": name}) for name in PRESETS}
    for completed in sized.values():
        del completed["preset"]
    return sized


PROJECT = Project("Stack file of an OpenMage shop", Settings, SHOP, Secrets, _completed)
REFERENCE = Reference(
    PROJECT,
    stack_files=[_ROOT / "Pulumi.dev.yaml", *sorted((_ROOT / "stacks").glob("Pulumi.*.yaml"))],
    introduction="""# Settings

Everything below `openmage:shop` in a stack file. This page is generated from the model
(`make generate`); editors complete and check the same with `settings/schema.json`.
Where a default differs between presets it is written as small / medium / large.""",
    secrets="Separate keys, set by `pulumi config set --secret`; those not set are generated"
    " once and kept.",
)
FILES = {
    _ROOT / "settings" / "schema.json": schema_text(PROJECT),
    _ROOT / "docs" / "settings.md": REFERENCE.text(),
}

if __name__ == "__main__":
    for file, text in FILES.items():
        file.write_text(text, encoding="utf-8")
