"""Every shop: secrets are in Secrets and in secret outputs only, and lead to one cluster."""

import base64
import hashlib
import json

from offline.graph import Secret, masked
from tests.harness import containers
from tests.shops import every_shop

OPENED_BY = {
    "cryptKey": "config-crypt-key",
    "databasePassword": "database-password",
    "databaseRootPassword": "database-root-password",
}
"""What has to be known to read a shop's data, by the password that is generated for it."""


def result(name):
    """Return what an offline run answers for a generated password, whatever its length."""
    return hashlib.sha256(name.encode()).hexdigest()


def secrets(shop):
    """Return every secret of a shop: given, generated, and made of those."""
    found = {
        value for key, value in shop.stack_file.config.items() if key in shop.stack_file.secrets
    }
    for password in shop.graph.of("RandomPassword"):
        found.add(result(password.name)[: password.inputs["length"]])
    # The values in a certificate's lines as well.
    return {line for value in found for line in value.splitlines() if "-----" not in line}


@every_shop
def test_no_secret_is_in_anything_but_a_secret(shop):
    known = secrets(shop)
    assert len(known) >= 3
    assert all(len(value) >= 20 for value in known)
    for resource in shop.graph.resources.values():
        shown = json.dumps(masked(resource.inputs))
        assert [value for value in known if value in shown] == [], resource.name
        given_out = json.dumps(masked(shop.graph.outputs.get(resource.urn, {})))
        assert [value for value in known if value in given_out] == [], resource.name


@every_shop
def test_secrets_are_in_objects_that_the_cluster_treats_as_such(shop):
    known = secrets(shop)
    for (kind, name), each in shop.objects.items():
        if kind != "Secret":
            assert [value for value in known if value in json.dumps(each)] == [], (kind, name)


@every_shop
def test_the_values_of_every_secret_are_marked(shop):
    found = shop.graph.of("Secret")
    assert found
    for secret in found:
        assert isinstance(secret.inputs["stringData"], Secret), secret.name
        assert "data" not in secret.inputs, secret.name
        assert secret.inputs["type"] in {"Opaque", "kubernetes.io/tls"}, secret.name


@every_shop
def test_the_stack_gives_passwords_out_as_secrets_and_the_rest_in_clear(shop):
    exports = shop.graph.exports
    asks = any(getattr(shop.settings.access, part).basic_auth for part in ("shop", "admin"))
    hidden = {"adminPassword", "recordedSecrets", *({"accessPassword"} if asks else ())}
    shown = {"namespace", "shopUrl", "adminUrl", "edgeAddress", "adminUsername", "recorded"}
    assert {key for key, value in exports.items() if isinstance(value, Secret)} == hidden
    assert set(exports) - hidden <= shown
    assert {"namespace", "shopUrl", "adminUrl", "adminUsername", "recorded"} <= set(exports)
    scheme = "https" if shop.settings.secure else "http"
    hosts = shop.settings.hosts
    assert exports["shopUrl"] == f"{scheme}://{hosts.shop[0]}/"
    assert exports["adminUrl"] == f"{scheme}://{hosts.admin}/{shop.settings.admin.path}/"
    assert exports["namespace"] == shop.settings.namespace_name
    assert exports["adminUsername"] == shop.settings.admin.username
    # The next update compares by fingerprints: the values themselves are not exported.
    assert not [v for v in exports["recordedSecrets"].value.values() if v in secrets(shop)]


@every_shop
def test_generated_passwords_are_strong_and_stay(shop):
    for password in shop.graph.of("RandomPassword"):
        # They go into XML, INI, SQL and URLs: letters and digits only.
        assert password.inputs["special"] is False, password.name
        assert password.inputs["length"] >= 20, password.name
        for kind in ("minLower", "minUpper", "minNumeric"):
            assert password.inputs[kind] >= 1, password.name
        assert password.ignore_changes == ("*",), password.name
        assert not password.provider or "kubernetes" not in password.provider
    key = [each for each in shop.graph.of("RandomPassword") if each.name == "config-crypt-key"]
    assert [each.inputs["length"] for each in key] in ([32], [])


@every_shop
def test_each_password_opens_one_door(shop):
    made = [r.name for r in shop.graph.of("RandomPassword")]
    assert len(made) == len(set(made))
    opened = [
        shop.objects["Secret", shop.graph.names[r.urn]]["stringData"]
        for r in shop.graph.of("Secret")
    ]
    passwords = [
        files[key]
        for files in opened
        for key in (
            "password",
            "root-password",
            "replication-password",
            "admin-password",
            "cookies",
        )
        if key in files
    ]
    assert len(passwords) == len(set(passwords))


@every_shop
def test_what_opens_retained_data_lies_beside_it(shop):
    recovery = [r for r in shop.graph.of("Secret") if r.name == "config-recovery"]
    if not shop.settings.retain_data:
        assert recovery == []
        return
    [secret] = recovery
    external = shop.settings.database.mode == "external"
    wanted = {"cryptKey", "databasePassword", *(() if external else ("databaseRootPassword",))}
    files = shop.objects["Secret", shop.graph.names[secret.urn]]["stringData"]
    assert set(files) == wanted
    for key, value in files.items():
        given = shop.stack_file.config.get(f"openmage:{key}")
        assert value == (given or result(OPENED_BY[key])[:32]), key


@every_shop
def test_the_administrator_gets_the_password_that_the_stack_shows(shop):
    shown = shop.graph.exports["adminPassword"].value
    assert shop.files("release")["/run/secrets/openmage/admin-password"] == shown
    assert len(shown) >= 14


@every_shop
def test_visitors_are_asked_for_the_password_that_the_stack_shows(shop):
    for part, workload in (("shop", "storefront"), ("admin", "admin")):
        files = shop.files(workload)
        if not getattr(shop.settings.access, part).basic_auth:
            assert "/etc/openmage/access/htpasswd" not in files
            continue
        shown = shop.graph.exports["accessPassword"].value
        digest = base64.b64encode(hashlib.sha1(shown.encode(), usedforsecurity=False).digest())
        assert files["/etc/openmage/access/htpasswd"] == f"visitor:{{SHA}}{digest.decode()}\n"


@every_shop
def test_no_secret_is_an_argument_or_a_variable(shop):
    known = secrets(shop)
    for name, _, container in shop.containers():
        said = json.dumps([container.get(key) for key in ("command", "args", "env")])
        assert [value for value in known if value in said] == [], name
        assert not [e for e in container.get("env", []) if "secretKeyRef" in str(e)], name


@every_shop
def test_servers_read_their_passwords_from_files_that_are_there(shop):
    if "database" in shop.pods:
        variables = {e["name"]: e["value"] for e in shop.container("database", "mariadb")["env"]}
        files = shop.files("database")
        root = variables["MARIADB_ROOT_PASSWORD_FILE"]
        assert files[variables["MARIADB_PASSWORD_FILE"]] != files[root]
        assert variables["MARIADB_ROOT_HOST"] == "localhost"
        assert (variables["MARIADB_DATABASE"], variables["MARIADB_USER"]) == (
            "openmage",
            "openmage",
        )
    for servers in shop.of("MariaDB").values():
        references = [servers["rootPasswordSecretKeyRef"]]
        mode = servers.get("replication") or servers["galera"]
        references.append(mode["agent"]["basicAuth"]["passwordSecretKeyRef"])
        references += [r for r in (mode.get("replica", {}).get("replPasswordSecretKeyRef"),) if r]
        [user] = shop.of("User").values()
        references.append(user["passwordSecretKeyRef"])
        for reference in references:
            secret = shop.objects["Secret", reference["name"]]["stringData"]
            assert reference["key"] in secret
            assert reference.get("generate") in {None, False}
        keys = [(reference["name"], reference["key"]) for reference in references]
        assert len(keys) == len(set(keys))


@every_shop
def test_everything_goes_to_the_one_cluster_that_the_stack_file_names(shop):
    [provider] = shop.graph.providers
    cluster = shop.settings.cluster
    assert provider.inputs["context"] == cluster.context
    # A rotated kubeconfig is the same cluster: nothing is replaced because of it.
    assert provider.inputs["clusterIdentifier"] == cluster.context
    assert str(provider.inputs["upsertExistingObjects"]).lower() == str(cluster.adopt).lower()
    for forbidden in (
        "namespace",
        "enableConfigMapMutable",
        "enableSecretMutable",
        "skipUpdateUnreachable",
    ):
        assert forbidden not in provider.inputs
    for resource in shop.graph:
        if resource.type.startswith("kubernetes:"):
            assert shop.graph.provider_of(resource) == provider, resource.name


@every_shop
def test_everything_is_in_the_shops_own_namespace_and_says_whose_it_is(shop):
    everywhere = {"Namespace", "PersistentVolume"}
    for (kind, name), each in shop.objects.items():
        metadata = each["metadata"]
        assert metadata.get("namespace") == (
            None if kind in everywhere else shop.settings.namespace_name
        ), name
        assert shop.settings.labels.items() <= metadata["labels"].items(), name
    for name, pod in shop.pods.items():
        assert shop.settings.labels.items() <= pod["metadata"]["labels"].items(), name
        assert len(containers(pod)) >= 1
    labels = shop.objects["Namespace", shop.settings.namespace_name]["metadata"]["labels"]
    for mode in ("enforce", "warn", "audit"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
