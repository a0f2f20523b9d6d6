"""From YAML to settings: everything that is wrong, at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from pydantic import ValidationError

from settings.explain import Form, Model, at, explain, in_order, nested_secrets, tuples
from settings.impossible import IMPOSSIBLE
from settings.model import Settings
from settings.presets import complete
from settings.report import SHOP, SettingsError, Source
from settings.rules import violations
from settings.violation import Violation

Tree = dict[str, Any]
_FORM = Form(Settings, SHOP, "docs/settings.md", IMPOSSIBLE)


def validate(tree: object, source: Source) -> Settings:
    """Return the settings, or raise a SettingsError with every problem."""
    return checked(tree, source, _FORM, violations, whose="shop", complete=complete)


def checked(  # noqa: PLR0913 (each says something else of the tree)
    tree: object,
    source: Source,
    form: Form[Model],
    violations: Callable[[Model], Iterable[Violation]],
    *,
    whose: str,
    complete: Callable[[Tree], Tree] = dict,
) -> Model:
    """Return a tree as its model, or raise a SettingsError with every problem.

    `complete` adds what presets say where the tree is silent.
    """
    if not isinstance(tree, Mapping):
        reason = f"the {whose}'s settings are {'no mapping' if tree else 'missing'}"
        problem = source.problem((form.key,), tree, reason, "start from Pulumi.dev.yaml")
        raise SettingsError(source.name, [problem])
    given = cast("Tree", tree)
    problems = list(nested_secrets(given, (form.key,), source))
    settings = None
    try:
        settings = form.model.model_validate(tuples(complete(given)))
    except ValidationError as error:
        problems += explain(error, given, source, form)
    if settings is not None:
        problems += [
            source.problem((form.key, *path), at(given, path), reason, fix)
            for path, reason, fix in violations(settings)
        ]
    if problems or settings is None:
        raise SettingsError(source.name, in_order(problems))
    return settings
