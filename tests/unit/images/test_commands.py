"""`make images`, `make bump` and the local shop's commands."""

import subprocess
import tarfile

import pytest

from operate import docker, images, local_shop
from operate.engine import NotPossibleError
from tests.harness import DEV, DIGEST, ROOT, stack_file

STACK = f"""# A shop.
config:
  openmage:shop:
    customer: acme
    images:
      # The shop's code.
      php: registry.example.com/acme/php:1{DIGEST}  # keep this
      nginx: registry.example.com/acme/nginx:1{DIGEST}
    hosts:
      php: not this one
"""
NEW = "registry.example.com/acme/{}@sha256:" + "ef" * 32


@pytest.fixture
def calls(monkeypatch):
    made = []
    monkeypatch.setattr(docker, "demand", lambda *_: None)
    monkeypatch.setattr(docker, "succeed", lambda command, *_: made.append(list(command)))
    return made


def test_both_images_of_a_stack_are_built_and_a_local_cluster_gets_them(calls):
    images.build(DEV, shop=None, php=None)

    built, loaded = calls[:2], calls[2:]
    assert [words[words.index("--target") + 1] for words in built] == ["php", "nginx"]
    assert [words[words.index("--tag") + 1] for words in built] == [
        "openmage.local/php:dev",
        "openmage.local/nginx:dev",
    ]
    assert all(words[-1] == str(ROOT / "images") for words in built)
    tool = DEV.context.split("-")[0]
    assert [words[0] for words in loaded] == [tool, tool]
    assert "openmage.local/php:dev" in loaded[0]


def test_a_cluster_elsewhere_is_given_nothing(calls):
    images.build(stack_file({"cluster": {"context": "acme-cluster"}}), shop=None, php=None)

    assert [words[:3] for words in calls] == [["docker", "buildx", "build"]] * 2


def test_without_a_shop_openmage_itself_is_built_at_a_version(calls):
    images.build(DEV, shop=None, php=None)

    assert "SHOP_REPOSITORY=https://github.com/OpenMage/magento-lts.git" in calls[0]
    assert any(word.startswith("SHOP_REF=v20.") for word in calls[0])
    # What a branch names changes: what Docker fetched before does not count.
    where = calls[0].index("--no-cache-filter")
    assert f" AS {calls[0][where + 1]}\n" in (ROOT / "images/Dockerfile").read_text()


def test_apache_is_one_image():
    shop = {"web": {"topology": "apache"}, "images": {"php": "acme/shop:1"}}
    assert images.targets(shop) == {"apache": "acme/shop:1"}


def test_an_image_that_a_registry_has_named_gets_a_local_name():
    shop = {"images": {"php": f"acme/php:1{DIGEST}", "nginx": "acme/nginx:1"}}
    assert images.targets(shop) == {"php": "openmage.local/php:dev", "nginx": "acme/nginx:1"}


@pytest.mark.parametrize("version", ["8.2", "8.6", "7.4", "latest"])
def test_a_php_that_openmage_does_not_run_on_is_refused(version):
    with pytest.raises(NotPossibleError, match=r"8\.3, 8\.4, 8\.5"):
        images.build_options("https://example.com/a.git#v1", version)


def test_a_folder_is_the_build_context_of_the_shop(tmp_path):
    (tmp_path / "composer.json").write_text("{}")
    options = images.build_options(str(tmp_path), "8.5")

    assert options[:4] == [
        *("--build-arg", "PHP_VERSION=8.5"),
        *("--build-context", f"shop={tmp_path}"),
    ]


@pytest.mark.parametrize(
    ("shop", "reason"),
    [
        ("nowhere", "does not contain a shop"),
        ("https://example.com/a.git", "has no version"),
        ("https://user:secret@example.com/a.git#v1", "contains a password"),
    ],
)
def test_a_shop_that_cannot_be_built_is_refused(shop, reason):
    with pytest.raises(NotPossibleError, match=reason) as refused:
        images.build_options(shop, None)
    assert "secret" not in str(refused.value)


def test_credentials_are_handed_over_as_build_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine example.com login a password b")

    options = images.build_options("https://example.com/a.git#v1", None)

    assert options[-2:] == ["--secret", f"id=netrc,src={tmp_path}/.netrc"]


def test_a_bump_changes_two_lines_and_nothing_else(tmp_path):
    file = tmp_path / "Pulumi.acme.yaml"
    file.write_text(STACK)

    images.bump(file, [f"php={NEW.format('php')}", f"nginx={NEW.format('nginx')}"])

    after = file.read_text().splitlines()
    changed = {
        number: line
        for number, (line, before) in enumerate(zip(after, STACK.splitlines(), strict=True))
        if line != before
    }
    assert changed == {
        6: f"      php: {NEW.format('php')}  # keep this",
        7: f"      nginx: {NEW.format('nginx')}",
    }


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("php=registry.example.com/acme/php:2", "write key=repository@sha256"),
        (f"varnish={NEW.format('varnish')}", "has no line for images.varnish"),
    ],
)
def test_a_bump_that_cannot_be_right_is_refused(tmp_path, entry, reason):
    file = tmp_path / "Pulumi.acme.yaml"
    file.write_text(STACK)

    with pytest.raises(NotPossibleError, match=reason):
        images.bump(file, [entry])
    assert file.read_text() == STACK


def test_every_committed_stack_file_can_be_bumped(tmp_path):
    for source in [ROOT / "Pulumi.dev.yaml", *(ROOT / "stacks").glob("Pulumi.*.yaml")]:
        file = tmp_path / source.name
        file.write_text(source.read_text())
        images.bump(file, [f"php={NEW.format('php')}"])
        assert NEW.format("php") in file.read_text()


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "sample-data-1.9"
    (folder / "media/catalog").mkdir(parents=True)
    (folder / "media/catalog/a.jpg").write_text("picture")
    (folder / "sample.sql").write_text("SELECT 1;")
    made = tmp_path / "sample.tgz"
    with tarfile.open(made, "w:gz") as tar:
        tar.add(folder, arcname=folder.name)
    return made


@pytest.mark.parametrize("form", ["archive", "folder"])
def test_sample_data_is_laid_out_for_the_services(tmp_path, archive, form):
    source = archive if form == "archive" else tmp_path / "sample-data-1.9"
    target = tmp_path / "out"
    local_shop.take_sample_data(source, target)

    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert found == {"database/sample.sql", "media/catalog/a.jpg"}


def test_what_is_no_sample_data_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    for source in ("empty", "nothing.tgz"):
        with pytest.raises(NotPossibleError, match=r"\*\.sql"):
            local_shop.take_sample_data(tmp_path / source, tmp_path / "out")


def test_the_local_shop_needs_its_images(monkeypatch, calls):
    monkeypatch.setattr(docker, "has_image", lambda name: "php" in name)
    with pytest.raises(NotPossibleError, match=r"openmage\.local/nginx:dev.*make images"):
        local_shop.up(DEV, None)
    assert calls == []


def test_the_local_shop_is_made_of_the_images_that_its_stack_names(monkeypatch):
    seen = {}
    monkeypatch.setattr(docker, "demand", lambda *_: None)
    monkeypatch.setattr(docker, "has_image", lambda _: True)
    monkeypatch.setattr(docker, "succeed", lambda _, environment: seen.update(environment))
    monkeypatch.setattr(local_shop, "render", lambda _: None)
    monkeypatch.setattr(local_shop, "_wait", lambda *_: None)
    names = {"php": "acme/php:1", "nginx": f"acme/nginx:1{DIGEST}"}

    local_shop.up(stack_file({"images": names}), None)

    assert seen == {
        "OPENMAGE_PHP_IMAGE": "acme/php:1",
        "OPENMAGE_NGINX_IMAGE": "openmage.local/nginx:dev",
    }
    assert all(f"${{{name}:-" in (images.FOLDER / "compose.yaml").read_text() for name in seen)


def test_a_shop_of_apache_is_tried_with_nginx(monkeypatch, calls):
    monkeypatch.setattr(docker, "has_image", lambda _: False)
    shop = stack_file({"web": {"topology": "apache"}})
    with pytest.raises(NotPossibleError, match=r"openmage\.local/php:dev.*run `make images` first"):
        local_shop.up(shop, None)
    assert calls == []


def test_who_lacks_the_images_of_a_stack_is_told_how_to_build_them(monkeypatch, calls):
    monkeypatch.setattr(docker, "has_image", lambda _: False)
    shop = stack_file({"images": {"php": "acme/php:1"}})
    with pytest.raises(NotPossibleError, match=r"acme/php:1, .*: run `make images STACK=test`"):
        local_shop.up(shop, None)
    assert calls == []


def test_the_data_stays_unless_it_is_told_to_go(monkeypatch, calls, tmp_path):
    monkeypatch.setattr(local_shop, "PASSWORDS", tmp_path / "passwords")
    monkeypatch.setattr(local_shop, "FOLDER", tmp_path / "folder")
    (tmp_path / "passwords").write_text("{}")

    local_shop.down(wipe=False)
    assert "--volumes" not in calls[0]
    assert (tmp_path / "passwords").exists()

    local_shop.down(wipe=True)
    assert "--volumes" in calls[1]
    assert not (tmp_path / "passwords").exists()


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["images"], "images --stack dev"),
        (["images", "SHOP=../shop", "PHP=8.5"], "images --stack dev --shop ../shop --php 8.5"),
        (["bump", "IMAGES=php=a nginx=b"], "bump --stack dev --image php=a --image nginx=b"),
        (["compose-up", "SAMPLE_DATA=a.tgz"], "compose-up --stack dev --sample-data a.tgz"),
        (["compose-down"], "compose-down --stack dev"),
        (["compose-down", "WIPE=1"], "compose-down --stack dev --wipe"),
        (["compose-password"], "compose-password --stack dev"),
    ],
)
def test_what_make_is_told_reaches_the_command(words, command):
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "--old-file=.venv/run", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.strip().splitlines()[-1].partition("-m operate ")[2].split() == command.split()
