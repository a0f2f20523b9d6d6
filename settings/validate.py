"""From YAML to settings, collecting every problem."""

from settings.model import SHOP, Settings
from settings.presets import complete
from settings.rules import violations
from settings.unsupported import IMPOSSIBLE
from stackfile.explain import Form
from stackfile.report import Source
from stackfile.validate import checked

_FORM = Form(Settings, SHOP, "docs/settings.md", IMPOSSIBLE)


def validate(tree: object, source: Source) -> Settings:
    """Return the settings, or raise a SettingsError with every problem."""
    return checked(tree, source, _FORM, violations, whose="shop", complete=complete)
