"""The local shop has the files and commands of the pods."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ruamel.yaml import YAML

from operate import compose
from tests.harness import DEV, ROOT, containers, data, deploy, merge, pods

FILE = ROOT / "images/compose.yaml"
SERVICES = YAML(typ="safe", pure=True).load(FILE)["services"]
# Which container of a cluster each service stands for.
TWINS = {
    "php": ("storefront", "php"),
    "nginx": ("storefront", "nginx"),
    "admin-php": ("admin", "php"),
    "admin-nginx": ("admin", "nginx"),
    "release": ("release", "release"),
    "database": ("database", "mariadb"),
    "cache-sessions": ("cache-sessions", "valkey"),
    "cache": ("cache", "valkey"),
}
ALONE = {"cron", "mail", "sample-media"}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    patch = pytest.MonkeyPatch()
    patch.setattr(compose, "FOLDER", folder / "build/compose")
    patch.setattr(compose, "PASSWORDS", folder / "state/passwords.json")
    yield compose.render(DEV)
    patch.undo()


@pytest.fixture(scope="module")
def cluster():
    found = pods(deploy({"web": {"topology": "shared"}}))
    return {
        name: {container["name"]: container for container in containers(pod)}
        for name, pod in found.items()
    }


def mounts(service):
    """Return the files of the project that a service mounts, by where it has them."""
    found = {}
    for mount in SERVICES[service].get("volumes", []):
        source, target, *_ = mount.split(":")
        if source.startswith("."):
            found[target] = source
    return found


def test_the_compose_specification_allows_the_file():
    program = Path(sys.executable).parent / "check-jsonschema"
    ended = subprocess.run(
        [program, "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


def test_every_service_is_accounted_for():
    assert SERVICES.keys() == TWINS.keys() | ALONE


@pytest.mark.parametrize("service", TWINS)
def test_a_service_runs_the_command_of_its_pod(cluster, service):
    pod, name = TWINS[service]
    container = cluster[pod][name]

    # Compose takes `$` for a variable of its own, unless it is doubled.
    command = [word.replace("$$", "$") for word in SERVICES[service]["command"]]
    assert command == (container.get("command") or container["args"])


def test_cron_runs_the_command_of_its_pod_each_minute(cluster):
    assert SERVICES["cron"]["command"] == [
        *("php", "/usr/local/lib/minutely.php"),
        *cluster["cron"]["cron"]["command"],
    ]


@pytest.mark.parametrize("service", [*TWINS, "cron"])
def test_a_service_has_the_files_of_its_pod(cluster, rendered, service):
    pod, name = TWINS.get(service, (service, service))
    here = mounts(service)
    scratch = {"/tmp", "/var/www/html/var", "/run/mysqld", "/data", "/var/lib/mysql"}  # noqa: S108
    for mount in cluster[pod][name]["volumeMounts"]:
        target = mount["mountPath"]
        # No server outside has a certificate here.
        if target in {*scratch, "/var/www/html/media"} or target.endswith("-ca.pem"):
            continue
        found = next((at for at in here if target == at or target.startswith(f"{at}/")), None)
        assert found, target
        path = Path(here[found].removeprefix("../build/compose/")) / target[len(found) + 1 :]
        assert (rendered / path).exists(), path


@pytest.mark.parametrize("service", SERVICES)
def test_everything_that_is_mounted_is_there(rendered, service):
    for source in mounts(service).values():
        file = (
            rendered / source.removeprefix("../build/compose/")
            if source.startswith("../build/compose/")
            else FILE.parent / source
        )
        assert file.exists(), source


def test_the_environment_is_that_of_the_pods(cluster):
    there = {each["name"]: each.get("value") for each in cluster["storefront"]["php"]["env"]}
    assert SERVICES["php"]["environment"].items() <= there.items()
    there = {each["name"]: each.get("value") for each in cluster["database"]["mariadb"]["env"]}
    assert SERVICES["database"]["environment"] == there


def test_local_xml_is_the_clusters_but_for_secrets_and_the_release(rendered):
    def told(text):
        tree = ET.fromstring(text)
        for tag in ("key", "password", "id_prefix"):
            for element in tree.iter(tag):
                element.text = "..."
        return ET.tostring(tree)

    there = data(deploy({}), "config")["local.xml"]
    assert told((rendered / "config/local.xml").read_text()) == told(there)


def test_hosts_have_ports_in_place_of_addresses_of_their_own(rendered):
    text = (rendered / "scripts/release.json").read_text()
    assert set(re.findall(r"//[^/]*\.localhost[^/]*", text)) == {
        "//shop.localhost:8080",
        "//admin.localhost:8081",
    }


def test_nothing_is_reached_from_other_machines():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert sorted(ports) == [
        f"127.0.0.1:{port}"
        for port in (
            f"{compose.MAIL_PORT}:8025",
            f"{compose.SHOP_PORT}:8080",
            f"{compose.ADMIN_PORT}:8080",
        )
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_as_confined_as_a_pod(service):
    chosen = SERVICES[service]
    assert chosen["read_only"] is True
    assert chosen["cap_drop"] == ["ALL"]
    assert chosen["security_opt"] == ["no-new-privileges:true"]
    pinned = re.search(r"@sha256:[0-9a-f]{64}$", chosen["image"])
    assert pinned or ":-openmage.local/" in chosen["image"]


def test_passwords_are_made_once_and_shown_to_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(compose, "PASSWORDS", tmp_path / "state/passwords.json")
    made = compose.passwords()

    assert compose.passwords() == made
    assert stat.S_IMODE(compose.PASSWORDS.stat().st_mode) == 0o600
    assert len(set(made.values())) == len(made) == 6
    assert len(made["cryptKey"]) == 32


def test_containers_can_read_the_files_and_other_users_of_this_machine_cannot(rendered):
    assert stat.S_IMODE(rendered.stat().st_mode) == 0o700
    for file in rendered.rglob("*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o004, file


def test_a_production_shop_becomes_one_for_this_machine():
    shop = merge(
        DEV.shop,
        {
            "environment": "production",
            "web": {"topology": "apache", "api": True, "documentRoot": "."},
            "hosts": {"stores": [{"host": "de.example.com", "code": "de_shop", "type": "website"}]},
            "database": {"mode": "external", "host": "db.example.com", "cidrs": ["10.0.0.0/8"]},
            "store": {"locale": "de_DE"},
        },
    )
    local = compose.local_settings(shop)

    assert local["environment"] == "dev"
    assert local["web"] == {"topology": "shared", "api": True, "documentRoot": "."}
    assert local["hosts"]["stores"] == [
        {"host": "de-shop.localhost", "code": "de_shop", "type": "website"}
    ]
    assert local["store"] == {"locale": "de_DE"}
    assert "database" not in local
    assert json.dumps(local)
