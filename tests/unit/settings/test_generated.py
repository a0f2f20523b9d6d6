"""What the schema of the settings says, and refuses."""

import pytest

from settings.generate import PROJECT
from stackfile.schema import schema
from tests.harness import DEV


def test_every_setting_says_what_it_means():
    silent = [
        f"{name}.{key}"
        for name, model in schema(PROJECT)["$defs"].items()
        for key, field in model.get("properties", {}).items()
        if not field.get("description") and "$ref" not in field
    ]
    # Their names and their section say it.
    spoken_for = {"mode", "kind", "topology", "port", "host", "cidr", "locale", "timezone"}
    spoken_for |= {"currency", "firstName", "lastName", "tls", "size", "php", "nginx", "admin"}
    assert [path for path in silent if path.rsplit(".", 1)[1] not in spoken_for] == []


def test_the_schema_accepts_the_dev_stack_and_refuses_a_misspelt_key():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema(PROJECT))
    shop = dict(DEV.shop)
    good = {"config": {"openmage:shop": shop, "pulumi:disable-default-providers": ["kubernetes"]}}
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({"config": {"openmage:shop": {**shop, "x": 1}}}))
    assert list(validator.iter_errors({"config": {"openmage:shop": shop, "openmage:x": "1"}}))
