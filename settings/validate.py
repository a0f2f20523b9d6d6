"""From YAML to settings: everything that is wrong, at once."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from settings.explain import Form, at, explain, in_order, nested_secrets, tuples
from settings.impossible import IMPOSSIBLE
from settings.model import Settings
from settings.presets import complete
from settings.report import SHOP, SettingsError, Source
from settings.rules import violations

_FORM = Form(Settings, SHOP, "docs/settings.md", IMPOSSIBLE)


def validate(tree: object, source: Source) -> Settings:
    """Return the settings, or raise a SettingsError with every problem."""
    if not isinstance(tree, Mapping):
        problem = source.problem(
            (SHOP,), tree, "the shop's settings are missing", "start from Pulumi.dev.yaml"
        )
        raise SettingsError(source.name, [problem])
    given = cast("dict[str, Any]", tree)
    problems = list(nested_secrets(given, (SHOP,), source))
    settings = None
    try:
        settings = Settings.model_validate(tuples(complete(given)))
    except ValidationError as error:
        problems += explain(error, given, source, _FORM)
    if settings is not None:
        problems += [
            source.problem((SHOP, *path), at(given, path), reason, fix)
            for path, reason, fix in violations(settings)
        ]
    if problems or settings is None:
        raise SettingsError(source.name, in_order(problems))
    return settings
