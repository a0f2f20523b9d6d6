"""The workflows that agencies copy, and the script that both run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.harness import ROOT

FOLDER = ROOT / "images/workflows"
BIN = Path(sys.executable).parent
BOT = json.loads((ROOT / "renovate.json").read_text())
DIGEST = "sha256:" + "ab" * 32
# What the script runs; each call is a line of a log, and one program may be told to fail.
FAKES = {
    "docker": """#!/bin/sh
echo "docker $*" >> "$LOG"
case "$*" in
  run*) exit "${SCAN:-0}" ;;
  *--metadata-file*)
    for word; do test "$before" != --metadata-file || file=$word; before=$word; done
    printf '{"containerimage.digest": "%s"}' "$PUSHED" > "$file" ;;
esac
""",
    "cosign": '#!/bin/sh\necho "cosign $*" >> "$LOG"\n',
}


def _run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("schema", "file", "options"),
    [
        ("vendor.github-workflows", FOLDER / "github.yaml", ()),
        ("vendor.gitlab-ci", FOLDER / "gitlab.yaml", ("--data-transform", "gitlab-ci")),
        ("vendor.renovate", ROOT / "renovate.json", ()),
    ],
)
def test_the_file_is_what_its_reader_understands(schema, file, options):
    ended = _run(BIN / "check-jsonschema", "--builtin-schema", schema, *options, file)
    assert ended.returncode == 0, ended.stdout


def test_zizmor_finds_nothing_in_the_workflow():
    ended = _run(BIN / "zizmor", "--offline", "--no-progress", FOLDER / "github.yaml")
    assert ended.returncode == 0, ended.stdout


def test_everything_from_outside_is_pinned():
    github = (FOLDER / "github.yaml").read_text()
    used = re.findall(r"uses: (.*)", github)
    assert used
    assert all(re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used)
    gitlab = (FOLDER / "gitlab.yaml").read_text() + (FOLDER / "publish.sh").read_text()
    images = re.findall(r"docker\.io/\S+?(?=[\s\"]|$)", gitlab)
    assert len(images) == 4
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", image) for image in images)


def test_the_bot_looks_after_every_file_with_a_digest():
    patterns = [
        pattern
        for manager in (BOT["github-actions"], BOT["gitlabci"], *BOT["customManagers"])
        for pattern in manager["managerFilePatterns"]
    ]
    for file in (FOLDER / "github.yaml", FOLDER / "gitlab.yaml", FOLDER / "publish.sh"):
        path = str(file.relative_to(ROOT))
        assert [p for p in patterns if re.search(p.strip("/"), path)], path


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [
        ("images/workflows/publish.sh", "docker.io/anchore/grype", r"v[\d.]+"),
        ("operate/local_cluster.py", "docker.io/rancher/k3s", r"v1\.\d+\.\d+-k3s\d+"),
        ("operate/images.py", "OpenMage/magento-lts", r"v20\.\d+\.\d+"),
    ],
)
def test_the_bot_finds_what_is_named_in_a_script(file, name, version):
    [manager] = [
        manager
        for manager in BOT["customManagers"]
        if any(re.search(p.strip("/"), file) for p in manager["managerFilePatterns"])
    ]
    [pattern] = manager["matchStrings"]
    text = (ROOT / file).read_text()
    [found] = re.finditer(pattern.replace("(?<", "(?P<"), text)

    assert found["depName"] == name
    assert re.fullmatch(version, found["currentValue"])


def test_secrets_reach_no_command_line():
    for name in ("github.yaml", "gitlab.yaml"):
        text = (FOLDER / name).read_text()
        runs = "\n".join(_scripts(YAML().load(text)))
        assert "secrets." not in runs
        assert not re.search(r"--password[ =]", runs)


def _scripts(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"run", "script", "before_script"}:
                yield str(value)
            else:
                yield from _scripts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _scripts(item)


@pytest.fixture
def publish(tmp_path):
    for name, text in FAKES.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    def run(tag="v1", **environment):
        known = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "LOG": str(tmp_path / "log"),
            "RESULT": str(tmp_path / "result"),
            "PUSHED": DIGEST,
        }
        words = [FOLDER / "publish.sh", "php", "registry.example.com/acme/php", tag, "shop"]
        return subprocess.run(
            words, cwd=tmp_path, env={**known, **environment}, check=False, capture_output=True
        )

    return run


def test_an_image_is_built_scanned_pushed_and_signed(publish, tmp_path):
    assert publish(PHP="8.5").returncode == 0

    log = (tmp_path / "log").read_text().splitlines()
    assert [line.split(" --")[0].split()[:3] for line in log] == [
        ["docker", "buildx", "build"],
        ["docker", "save"],
        ["docker", "run"],
        ["docker", "buildx", "build"],
        ["cosign", "sign"],
    ]
    assert "--build-arg PHP_VERSION=8.5" in log[0]
    assert "--fail-on high" in log[2]
    for option in ("--push", "--sbom=true", "--provenance=mode=max"):
        assert option in log[3]
        assert option not in log[0]
    assert log[4].endswith(f"registry.example.com/acme/php@{DIGEST}")
    result = (tmp_path / "result").read_text()
    assert result == f"registry.example.com/acme/php@{DIGEST}\n"


def test_a_tag_of_git_becomes_one_of_the_registry(publish, tmp_path):
    assert publish("release/1.0+2").returncode == 0

    log = (tmp_path / "log").read_text()
    assert "--tag registry.example.com/acme/php:release-1.0-2 --sbom" in log
    assert "--label org.opencontainers.image.version=release-1.0-2" in log


def test_an_image_with_a_known_hole_is_not_pushed(publish, tmp_path):
    assert publish(SCAN="1").returncode != 0

    assert "--push" not in (tmp_path / "log").read_text()
    assert not (tmp_path / "result").exists()


def test_the_archive_for_the_scanner_does_not_stay(publish, tmp_path):
    publish()

    assert list(tmp_path.glob("image.*")) == []


def test_credentials_of_composer_are_a_build_secret(publish, tmp_path):
    publish(COMPOSER_AUTH_JSON="not-in-a-log")

    log = (tmp_path / "log").read_text()
    assert "--secret id=composer-auth,env=COMPOSER_AUTH_JSON" in log
    assert "not-in-a-log" not in log
