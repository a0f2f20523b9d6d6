"""What a stack file must not say about the way in and its certificate."""

import copy
from typing import Any

from tests import cases
from tests.harness import DEV, merge, validated
from tests.refusals import problems_of
from tests.ways import EXISTING, INGRESS, LOAD_BALANCER, NONE, OWN, SECRET, SHARED, TERMINATOR

ELSEWHERE = {"mode": "elsewhere"}
HTTP_01 = {"mode": "http-01", "email": "shop@example.com"}
NAMED = {"mode": "named", "name": "public-dns"}
PUBLIC = {"hosts": {"shop": ["shop.example.com"], "admin": "admin.example.com"}}
MANY = {"hosts": {"shop": [f"shop{n}.example.com" for n in range(100)], "admin": "a.example.com"}}


def issued(issuer: Any = HTTP_01, **more: Any) -> dict[str, Any]:
    return {"mode": "letsencrypt", "issuer": issuer, **more}


def existing(**sections: Any) -> dict[str, Any]:
    return {**EXISTING, "parent": {**EXISTING["parent"], **sections}}


CASES = [
    (
        "an edge that is none",
        {**INGRESS, "kind": "nodeport"},
        SECRET,
        {},
        "edge.kind",
        "not one of the choices",
        "ingress, gateway, load-balancer, none",
    ),
    (
        "a Gateway without a parent",
        {k: v for k, v in OWN.items() if k != "parent"},
        SECRET,
        {},
        "edge.parent",
        "required",
        "add it",
    ),
    (
        "a parent that is none",
        {**OWN, "parent": {"mode": "shared", "name": "shared"}},
        SECRET,
        {},
        "edge.parent.mode",
        "not one of the choices",
        "own, listener-set, existing",
    ),
    (
        "a shared Gateway without its namespace",
        {**SHARED, "parent": {"mode": "listener-set", "name": "shared"}},
        SECRET,
        {},
        "edge.parent.namespace",
        "required",
        "add it",
    ),
    (
        "a class of which no name can be made",
        {**INGRESS, "className": "a" * 51},
        SECRET,
        {},
        "edge.className",
        "at most 50",
        "docs/settings.md",
    ),
    (
        "an annotation with a blank",
        {**OWN, "parent": {**OWN["parent"], "annotations": {"a b": "c"}}},
        SECRET,
        {},
        "edge.parent.annotations.a b",
        "pattern",
        "docs/settings.md",
    ),
    (
        "more annotations than a Gateway takes",
        {**OWN, "parent": {**OWN["parent"], "annotations": {f"a{n}": "b" for n in range(17)}}},
        SECRET,
        {},
        "edge.parent.annotations",
        "at most 16",
        "docs/settings.md",
    ),
    (
        "a Gateway's listeners that serve nothing",
        existing(httpSection=None, httpsSection=None),
        ELSEWHERE,
        {},
        "edge.parent.httpSection",
        "no listener is left",
        "name the Gateway's listener",
    ),
    (
        "http without a listener for it",
        existing(httpSection=None),
        {"mode": "none"},
        {},
        "edge.parent.httpSection",
        "no listener is left",
        "name the Gateway's listener",
    ),
    (
        "a former Gateway's listeners that serve nothing",
        {**INGRESS, "movingFrom": existing(httpSection=None, httpsSection=None)},
        SECRET,
        {},
        "edge.movingFrom.parent.httpSection",
        "no listener is left",
        "name the Gateway's listener",
    ),
    (
        "a load balancer without a terminator",
        LOAD_BALANCER,
        SECRET,
        {},
        "edge.kind",
        "nothing behind the load balancer terminates TLS",
        "frontendCache.terminator",
    ),
    (
        "a former load balancer without its terminator",
        {**INGRESS, "movingFrom": LOAD_BALANCER},
        SECRET,
        {},
        "edge.movingFrom.kind",
        "nothing behind the load balancer terminates TLS",
        "frontendCache.terminator",
    ),
    (
        "a network of the load balancer's visitors with bits behind its prefix",
        {**LOAD_BALANCER, "sourceRanges": ["192.0.2.1/24"]},
        SECRET,
        TERMINATOR,
        "edge.sourceRanges[0]",
        "host bits set",
        "192.0.2.0/24",
    ),
    (
        "a terminator without a certificate",
        LOAD_BALANCER,
        ELSEWHERE,
        TERMINATOR,
        "frontendCache.terminator",
        "needs a certificate",
        "secret, certificate or letsencrypt",
    ),
    (
        "a terminator behind a controller that ends TLS",
        INGRESS,
        SECRET,
        TERMINATOR,
        "frontendCache.terminator",
        "terminates TLS itself",
        "leave it out",
    ),
    (
        "a move from an Ingress to the same class",
        {**INGRESS, "movingFrom": {**INGRESS, "controllerNamespace": "other"}},
        SECRET,
        {},
        "edge.movingFrom",
        "is identical to the edge",
        "describe the former one",
    ),
    (
        "a move from a Gateway to itself",
        {**SHARED, "movingFrom": SHARED},
        SECRET,
        {},
        "edge.movingFrom",
        "is identical to the edge",
        "describe the former one",
    ),
    (
        "a move from a load balancer to itself",
        {**LOAD_BALANCER, "movingFrom": {**LOAD_BALANCER, "className": "inside"}},
        SECRET,
        TERMINATOR,
        "edge.movingFrom",
        "is identical to the edge",
        "describe the former one",
    ),
    (
        "a move that was itself in the middle of a move",
        {**INGRESS, "movingFrom": {**OWN, "movingFrom": NONE}},
        SECRET,
        {},
        "edge.movingFrom.movingFrom",
        "is not a known setting",
        "",
    ),
    (
        "a certificate for listeners that have their own",
        EXISTING,
        SECRET,
        {},
        "edge.tls.mode",
        "have their own certificate",
        "elsewhere",
    ),
    (
        "a certificate that no server uses",
        NONE,
        SECRET,
        {},
        "edge.tls.mode",
        "terminated by whatever routes",
        "elsewhere",
    ),
    (
        "HTTP-01 through a load balancer",
        LOAD_BALANCER,
        issued(),
        {**TERMINATOR, **PUBLIC},
        "edge.tls.issuer.mode",
        "HTTP-01 challenges need a controller",
        "DNS-01",
    ),
    (
        "HTTP-01 through nothing",
        NONE,
        issued(),
        {**TERMINATOR, **PUBLIC},
        "edge.tls.issuer.mode",
        "HTTP-01 challenges need a controller",
        "DNS-01",
    ),
    (
        "HTTP-01 without http",
        {**existing(httpSection=None), "movingFrom": INGRESS},
        issued(),
        PUBLIC,
        "edge.tls.issuer.mode",
        "arrive over http",
        "DNS-01",
    ),
    (
        "an authority for Let's Encrypt's own address",
        INGRESS,
        issued({**HTTP_01, "ca": "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"}),
        PUBLIC,
        "edge.tls.issuer.ca",
        "is publicly trusted",
        "issuer.server",
    ),
    (
        "an authority that is none",
        INGRESS,
        issued({**HTTP_01, "server": "https://acme.test/dir", "ca": "abc"}),
        {},
        "edge.tls.issuer.ca",
        "not a PEM certificate",
        "paste",
    ),
    (
        "an ACME server without a directory",
        INGRESS,
        issued({**HTTP_01, "server": "https://acme.test"}),
        {},
        "edge.tls.issuer.server",
        "not an ACME server",
        "staging, production or the URL",
    ),
    (
        "a server by the address that hides which it is",
        INGRESS,
        issued({**HTTP_01, "server": "https://acme-v02.api.letsencrypt.org/directory"}),
        PUBLIC,
        "edge.tls.issuer.server",
        "is Let's Encrypt's own URL",
        "write staging or production",
    ),
    (
        "an address of no mailbox",
        INGRESS,
        issued({**HTTP_01, "email": "shop"}),
        PUBLIC,
        "edge.tls.issuer.email",
        "not an e-mail address",
        "shop@example.com",
    ),
    (
        "Let's Encrypt's limited server in dev",
        INGRESS,
        issued({**HTTP_01, "server": "production"}),
        PUBLIC,
        "edge.tls.issuer.server",
        "exhaust the domain's weekly certificate limit",
        "staging",
    ),
    (
        "a host that is in no public DNS",
        INGRESS,
        issued(),
        {"hosts": {"shop": ["shop.test"], "admin": "admin.example.com"}},
        "hosts.shop[0]",
        "not in public DNS",
        "secret or certificate",
    ),
    (
        "a wildcard by HTTP-01",
        INGRESS,
        issued(names=["*.example.com"]),
        PUBLIC,
        "edge.tls.names[0]",
        "cannot validate a wildcard",
        "DNS-01",
    ),
    (
        "a name by HTTP-01 that does not lead to the shop",
        INGRESS,
        issued(names=["shop.example.com", "admin.example.com", "old.example.com"]),
        PUBLIC,
        "edge.tls.names[2]",
        "this one does not",
        "hosts",
    ),
    (
        "a name that is listed twice",
        INGRESS,
        issued(names=["shop.example.com", "admin.example.com", "shop.example.com"]),
        PUBLIC,
        "edge.tls.names[2]",
        "is covered by another name",
        "remove it",
    ),
    (
        "a name that a wildcard covers",
        INGRESS,
        issued(NAMED, names=["*.example.com", "shop.example.com"]),
        PUBLIC,
        "edge.tls.names[1]",
        "is covered by another name",
        "remove it",
    ),
    (
        "a host that the certificate does not cover",
        INGRESS,
        issued(NAMED, names=["shop.example.com"]),
        PUBLIC,
        "hosts.admin",
        "does not cover it",
        "add admin.example.com",
    ),
    (
        "a host below what a wildcard covers",
        INGRESS,
        issued(NAMED, names=["*.example.com"]),
        {"hosts": {"shop": ["shop.example.com"], "admin": "admin.shop.example.com"}},
        "hosts.admin",
        "does not cover it",
        "add admin.shop.example.com",
    ),
    (
        "more names than one certificate takes",
        INGRESS,
        issued(),
        MANY,
        "edge.tls.names",
        "101 names",
        "wildcards",
    ),
    (
        "a name that is a pattern",
        INGRESS,
        issued(NAMED, names=["shop.*.example.com"]),
        PUBLIC,
        "edge.tls.names[0]",
        "not a host name",
        "1 to 63",
    ),
]
STRICTER = [
    ("no TLS in staging", "staging", {"mode": "none"}, "edge.tls.mode", "readable"),
    ("a test certificate", "production", issued(), "edge.tls.issuer.server", "not trust"),
]
ACCEPTED = [
    ("the shop's own Gateway", OWN, SECRET, {}),
    ("a shared Gateway", SHARED, issued(NAMED), {}),
    ("TLS before an Ingress", INGRESS, ELSEWHERE, {}),
    ("TLS before a Gateway's listener for http", existing(httpsSection=None), ELSEWHERE, {}),
    ("a load balancer before a terminator", LOAD_BALANCER, SECRET, TERMINATOR),
    ("a terminator behind an external proxy", NONE, issued(NAMED), TERMINATOR),
    ("a Gateway of another class", {**OWN, "movingFrom": {**OWN, "parent": {
        "mode": "own", "className": "former"}}}, SECRET, {}),
    ("the certificate of the former way in", {**EXISTING, "movingFrom": INGRESS}, SECRET, {}),
    ("a terminator that is still in use", {**INGRESS, "movingFrom": LOAD_BALANCER}, SECRET,
        TERMINATOR),
    ("HTTP-01 from Let's Encrypt", INGRESS, issued(), PUBLIC),
    ("HTTP-01 of an own authority for names of its own", OWN,
        issued({**HTTP_01, "server": "https://acme.test/dir"}), {}),
    ("a wildcard beside the name above it", INGRESS,
        issued(NAMED, names=["*.example.com", "example.com"]),
        {"hosts": {"shop": ["example.com"], "admin": "admin.example.com"}}),
    ("many hosts under one wildcard", SHARED, issued(NAMED, names=["*.example.com"]), MANY),
]  # fmt: skip


def tree(edge, tls, changes):
    shop = copy.deepcopy(dict(DEV.shop))
    return merge({**shop, "edge": {**edge, "tls": tls}}, changes)


@cases.each(("edge", "tls", "changes", "path", "reason", "fix"), CASES)
def test_it_is_refused_alone_and_with_a_fix(edge, tls, changes, path, reason, fix):  # noqa: PLR0913, PLR0917 (a case has these parts)
    found = problems_of(tree(edge, tls, changes))
    assert list(found) == [f"openmage:shop.{path}"]
    [problem] = found.values()
    assert reason in problem.reason
    assert fix in problem.fix
    assert problem.fix
    assert problem.line is not None


@cases.each(("environment", "tls", "path", "reason"), STRICTER)
def test_it_is_refused_where_people_come(environment, tls, path, reason):
    assert validated(tree(INGRESS, tls, PUBLIC)).environment == "dev"
    found = problems_of(tree(INGRESS, tls, {**PUBLIC, "environment": environment}))
    assert reason in found[f"openmage:shop.{path}"].reason


@cases.each(("edge", "tls", "changes"), ACCEPTED)
def test_it_is_accepted(edge, tls, changes):
    assert validated(tree(edge, tls, changes)).edge.kind == edge["kind"]
