"""Claims about the mail that the shop sends."""

import json
import shutil
import subprocess

import pulumi
import pytest

from shop.mail import NO_SENDMAIL, SENDMAIL, msmtprc
from stackfile.servers import SmtpServer
from tests import cases
from tests.harness import (
    DEV,
    PRODUCTION,
    containers,
    data,
    deploy,
    merge,
    pods,
    spec,
    validated,
)
from tests.refusals import problems

SMTP = {"mode": "smtp", "host": "smtp.example.com", "from": "shop@example.com"}
USER = {**SMTP, "username": "shop@example.com"}
PASSWORD = {"mailPassword": 'a long "one" #1'}
PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
SERVER = {"host": "smtp.example.com", "port": 587, "from": "bounces@example.com"}
ACCOUNT = {"username": "shop@example.com", "ca": PEM}


@pytest.fixture(scope="module")
def smtp():
    return deploy({"mail": {**USER, "ca": PEM}}, secrets=PASSWORD)


def mounts(graph):
    """Return path to key of the account's files, in each pod with the code."""
    return {
        name: {
            mount["mountPath"]: mount["subPath"]
            for container in containers(pod)
            for mount in container["volumeMounts"]
            if mount["name"] == "mail"
        }
        for name, pod in pods(graph).items()
        if "openmage.org/runs" in pod["metadata"]["labels"]
    }


def test_every_pod_with_the_code_has_the_account_that_sendmail_reads(smtp):
    assert f'sendmail_path = "{SENDMAIL}"' in data(smtp, "config-php")["openmage.ini"]
    found = mounts(smtp)
    assert {"storefront", "admin", "cron", "release"} <= set(found)
    for files in found.values():
        assert files == {
            "/etc/openmage/msmtprc": "msmtprc",
            "/etc/openmage/mail-password": "mail-password",
            "/etc/openmage/mail-ca.pem": "mail-ca.pem",
        }


def test_the_password_is_in_a_file_of_its_own(smtp):
    # msmtp refuses a password in a configuration that another user owns, as every Secret is.
    files = data(smtp, "mail")
    assert files["mail-password"] == PASSWORD["mailPassword"]
    assert PASSWORD["mailPassword"] not in files["msmtprc"]
    assert 'passwordeval "cat /etc/openmage/mail-password"' in files["msmtprc"]


def test_mail_goes_out_to_its_server_and_to_no_private_network(smtp):
    policy = spec(smtp.one("NetworkPolicy", "mail"))
    assert policy["podSelector"] == {"matchLabels": {"openmage.org/runs": "php"}}
    rule, _ = policy["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 587}]
    assert rule["to"][0]["ipBlock"]["cidr"] == "0.0.0.0/0"
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]


def test_a_server_in_a_private_network_is_reached_there_only():
    graph = deploy({"mail": {**SMTP, "tls": "none", "cidrs": ["10.9.8.7/32"]}})
    [rule] = spec(graph.one("NetworkPolicy", "mail"))["egress"]
    assert rule["ports"][0]["port"] == 25
    assert [to["ipBlock"]["cidr"] for to in rule["to"]] == ["10.9.8.7/32"]


@pytest.mark.parametrize(
    ("changes", "port", "lines"),
    [
        ({}, 587, {"tls on", "tls_starttls on"}),
        ({"tls": "tls"}, 465, {"tls on", "tls_starttls off"}),
        ({"tls": "none"}, 25, set()),
        ({"port": 2525}, 2525, {"tls on", "tls_starttls on"}),
    ],
)
def test_the_port_follows_the_encryption_unless_it_is_given(changes, port, lines):
    written = data(deploy({"mail": {**SMTP, **changes}}), "mail")["msmtprc"].splitlines()
    assert f"port {port}" in written
    assert {line for line in written if line.startswith("tls")} == lines
    assert not {line for line in written if line.startswith(("auth", "user", "password"))}


def test_without_a_server_nothing_is_opened_and_mail_fails():
    graph = deploy()
    assert graph.children_of("mail") == []
    assert set(map(len, mounts(graph).values())) == {0}
    assert f'sendmail_path = "{NO_SENDMAIL}"' in data(graph, "config-php")["openmage.ini"]


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_mail_without_a_server_fails_at_once_and_says_why(tmp_path):
    (tmp_path / "php.ini").write_text(data(deploy(), "config-php")["openmage.ini"])
    code = "echo json_encode(mail('a@example.com', 'Order', str_repeat('x', 200000), '', '-fb@c'));"
    ended = subprocess.run(
        ["php", "-c", tmp_path, "-r", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    assert json.loads(ended.stdout) is False
    assert "openmage:shop.mail.mode is none" in ended.stderr


@pytest.mark.skipif(shutil.which("msmtp") is None, reason="msmtp is not on the PATH")
@pytest.mark.parametrize("tls", ["starttls", "tls", "none"])
def test_msmtp_takes_every_line_at_its_word(tmp_path, tls):
    file = tmp_path / "msmtprc"
    account = {} if tls == "none" else ACCOUNT
    server = SmtpServer.model_validate({**SERVER, **account, "tls": tls, "cidrs": ("0.0.0.0/0",)})
    text = msmtprc(server, "shop.test")
    file.write_text(text.replace('"cat /etc/openmage/mail-password"', '"echo secret"'))
    ended = subprocess.run(
        ["msmtp", "-C", file, "--pretend", "a@example.com"],
        input="",
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split("=", 1) for line in ended.stdout.splitlines() if "=" in line]
    told = {key.strip(): value.strip() for key, value in lines}
    assert (told["host"], told["port"]) == ("smtp.example.com", "587")
    assert (told["from"], told["domain"]) == ("bounces@example.com", "shop.test")
    assert told["timeout"] == "20 seconds"
    assert told["tls"] == ("off" if tls == "none" else "on")
    if tls != "none":
        assert told["tls_starttls"] == ("on" if tls == "starttls" else "off")
        assert told["tls_trust_file"] == "/etc/openmage/mail-ca.pem"
        assert told["tls_certcheck"] == "on"
        assert told["user"] == "shop@example.com"
        assert told["passwordeval"] == "echo secret"


CASES = [
    (
        "no sender",
        {"mail": {"mode": "smtp", "host": "smtp.example.com"}},
        "mail.from",
        "required and missing",
        "docs/settings.md",
    ),
    (
        "a user without encryption",
        {"mail": {**USER, "tls": "none"}},
        "mail.username",
        "plaintext",
        "starttls",
    ),
    (
        "an authority without encryption",
        {"mail": {**SMTP, "tls": "none", "ca": PEM}},
        "mail.ca",
        "has no effect",
        "starttls",
    ),
    (
        "a user name with a space",
        {"mail": {**SMTP, "username": "shop user"}},
        "mail.username",
        "pattern",
        "docs/settings.md",
    ),
    (
        "an unknown mode",
        {"mail": {"mode": "sendmail"}},
        "mail.mode",
        "not one of the choices",
        "none, smtp",
    ),
    (
        "a command of one's own",
        {"php": {"ini": {"sendmail_path": "/usr/sbin/sendmail -t"}}},
        "php.ini.sendmail_path",
        "cannot be set here",
        "openmage:shop.mail",
    ),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused_alone_and_with_a_fix(changes, path, reason, fix):
    found = problems(changes)
    assert list(found) == [f"openmage:shop.{path}"]
    [problem] = found.values()
    assert reason in problem.reason
    assert fix in problem.fix
    assert problem.line is not None


def test_production_refuses_clear_text_across_the_internet():
    [path] = problems({"mail": {**SMTP, "tls": "none"}}, PRODUCTION)
    assert path == "openmage:shop.mail.tls"
    inside = {**SMTP, "tls": "none", "cidrs": ["10.9.8.0/24"]}
    assert validated(merge(merge(DEV.shop, PRODUCTION), {"mail": inside})).production


def test_a_user_needs_a_password():
    with pytest.raises(pulumi.RunError, match="openmage:mailPassword"):
        deploy({"mail": USER})


def test_a_password_of_two_lines_is_refused_unseen():
    with pytest.raises(pulumi.RunError, match="more than one line") as refused:
        deploy({"mail": USER}, secrets={"mailPassword": "first\nsecond"})
    assert "second" not in str(refused.value)


def test_production_without_mail_is_warned_of_its_silence():
    production = merge(DEV.shop, PRODUCTION)
    assert any("order confirmations" in text for text in validated(production).warnings)
    assert validated(merge(production, {"mail": SMTP})).warnings == []
