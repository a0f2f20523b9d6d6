"""What is generated from the settings is committed, and current."""

import pytest

from settings import reference, schema
from tests.harness import DEV, ROOT


def test_the_json_schema_is_current():
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run make generate"


def test_the_settings_reference_is_current():
    assert reference.FILE.read_text(encoding="utf-8") == reference.text(), "run make generate"


def test_every_setting_says_what_it_means():
    silent = [
        f"{name}.{key}"
        for name, model in schema.schema()["$defs"].items()
        for key, field in model.get("properties", {}).items()
        if not field.get("description") and "$ref" not in field
    ]
    # Their names and their section say it.
    spoken_for = {"mode", "kind", "topology", "port", "host", "cidr", "locale", "timezone"}
    spoken_for |= {"currency", "firstName", "lastName", "tls", "size", "php", "nginx", "admin"}
    assert [path for path in silent if path.rsplit(".", 1)[1] not in spoken_for] == []


def test_the_schema_accepts_the_dev_stack_and_refuses_a_misspelt_key():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema.schema())
    shop = dict(DEV.shop)
    good = {"config": {"openmage:shop": shop, "pulumi:disable-default-providers": ["kubernetes"]}}
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({"config": {"openmage:shop": {**shop, "x": 1}}}))
    assert list(validator.iter_errors({"config": {"openmage:shop": shop, "openmage:x": "1"}}))
    assert (ROOT / "settings" / "schema.json").exists()
