"""From YAML to a model: every problem, at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from pydantic import ValidationError

from stackfile.explain import Form, Model, at, explain, in_order, nested_secrets, tuples
from stackfile.report import Hidden, SettingsError, Source, Violation

Tree = dict[str, Any]


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

    `complete` adds the sizes of the preset.
    """
    if not isinstance(tree, Mapping):
        reason = f"the {whose}'s settings are {'not a mapping' if tree else 'missing'}"
        problem = source.problem((form.key,), tree, reason, "copy Pulumi.dev.yaml")
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
            source.problem(
                (form.key, *found.path),
                None if isinstance(found, Hidden) else at(given, found.path),
                found.reason,
                found.fix,
            )
            for found in violations(settings)
        ]
    if problems or settings is None:
        raise SettingsError(source.name, in_order(problems))
    return settings
