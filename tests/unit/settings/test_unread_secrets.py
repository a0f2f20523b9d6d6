"""Secrets that nothing reads: refused like settings that mean nothing."""

import pulumi
import pytest

from tests.harness import EXTERNAL, deploy

PEM = {
    "tlsCertificate": "-----BEGIN CERTIFICATE-----",
    "tlsPrivateKey": "-----BEGIN PRIVATE KEY-----",
}
SMTP = {"mode": "smtp", "host": "mail.example.com", "from": "shop@example.com"}
CASES = [
    (
        {"database": EXTERNAL},
        {"databasePassword": "a1" * 16, "databaseRootPassword": "b2" * 16},
        {"databaseRootPassword": "database.mode is external"},
    ),
    ({}, {"mailPassword": "c3"}, {"mailPassword": "mail.username is not set"}),
    ({"mail": SMTP}, {"mailPassword": "c3"}, {"mailPassword": "mail.username is not set"}),
    ({}, PEM, dict.fromkeys(PEM, "edge.tls.mode is none")),
    ({}, {"accessPassword": "d4"}, {"accessPassword": "access.admin.basicAuth is on"}),
]


@pytest.mark.parametrize(
    ("changes", "secrets", "unread"),
    CASES,
    ids=["root-of-an-external-database", "no-mail", "mail-without-a-user", "tls", "access"],
)
def test_a_secret_that_nothing_reads_is_refused(changes, secrets, unread):
    with pytest.raises(pulumi.RunError) as refused:
        deploy(changes, secrets=secrets)
    assert str(refused.value).count("why: is not used") == len(unread)
    for key, reason in unread.items():
        assert reason in str(refused.value)
        assert f"pulumi config rm openmage:{key}" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "secrets"),
    [
        ({}, {"databaseRootPassword": "b2" * 16}),
        ({"mail": {**SMTP, "username": "shop"}}, {"mailPassword": "c3"}),
        ({"edge": {"tls": {"mode": "certificate"}}}, PEM),
        ({"access": {"shop": {"basicAuth": True}}}, {"accessPassword": "d4"}),
        ({"access": {"admin": {"basicAuth": True}}}, {"accessPassword": "d4"}),
    ],
    ids=["root", "mail", "tls", "access-to-the-shop", "access-to-the-admin-area"],
)
def test_a_secret_that_is_read_is_accepted(changes, secrets):
    assert deploy(changes, secrets=secrets).components
