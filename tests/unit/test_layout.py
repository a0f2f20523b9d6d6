"""Where things stand: what each package may know, and one name for one thing in every layer."""

import ast
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.harness import ROOT

PACKAGES = (
    "choices",
    "cluster",
    "components",
    "components.cache",
    "components.database",
    "components.edge",
    "components.frontend_cache",
    "components.kit",
    "components.web",
    "offline",
    "operate",
    "parts",
    "settings",
    "settings.rules",
    "shop",
    "stackfile",
    "values",
    "wiring",
)
LAYERS = ("settings", "wiring", "components")
KNOWN_EVERYWHERE = (
    "cache",
    "cron",
    "database",
    "edge",
    "frontend_cache",
    "mail",
    "media",
    "phpmyadmin",
    "tenant",
    "web",
)
PROJECTS = {
    "settings",
    "components",
    "wiring",
    "shop",
    "cluster",
    "platform",
    "choices",
    "parts",
    "values",
}
UNKNOWN = {
    "stackfile": PROJECTS,
    "components": {"settings", "wiring", "choices", "parts", "values"},
    "settings": {"components", "wiring", "choices", "parts", "values"},
    "shop": {"settings", "components", "wiring", "choices", "parts", "values"},
    "choices": {"settings", "wiring", "shop", "parts"},
    "parts": {"settings", "wiring", "shop", "choices"},
    "values": {"settings", "wiring", "shop", "choices", "parts", "components"},
}


def _imported(package):
    """Return what the modules of a package import: file, and first word of the module's name."""
    folder = Path(importlib.import_module(package).__path__[0])
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            else:
                continue
            yield from ((str(file.relative_to(ROOT)), name.partition(".")[0]) for name in names)


def test_every_package_is_listed():
    found = {
        ".".join(file.parent.relative_to(ROOT).parts).removeprefix("platform.")
        for folder in {package.partition(".")[0] for package in PACKAGES} | {"platform"}
        for file in (ROOT / folder).rglob("__init__.py")
    }
    assert found == set(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_nothing_takes_the_name_of_a_module_beside_it(name):
    package = importlib.import_module(name)
    for module in pkgutil.iter_modules(package.__path__):
        said = getattr(package, module.name, None)
        assert said is None or isinstance(said, ModuleType), f"{name}.{module.name}"


@pytest.mark.parametrize("package", UNKNOWN)
def test_a_package_knows_only_what_it_may(package):
    wrong = [(file, name) for file, name in _imported(package) if name in UNKNOWN[package]]
    assert wrong == []


def test_looking_at_a_cluster_needs_no_settings():
    assert [file for file, name in _imported("cluster") if name == "settings"] == []


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", KNOWN_EVERYWHERE)
def test_one_thing_has_one_name_in_every_layer(layer, name):
    assert (ROOT / layer / f"{name}.py").is_file() or (ROOT / layer / name).is_dir()
