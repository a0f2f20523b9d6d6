"""The customer's own lines for the web server: no port, no end of a block that is not theirs."""

from tests import cases
from tests.harness import validated
from tests.refusals import check, problems_of, shop_with


def nginx(text):
    return {"web": {"nginx": {"http": {"mine": text}}}}


def apache(text):
    return {"web": {"topology": "apache", "apache": {"server": {"mine": text}}}}


CASES = [
    (
        "a port in an nginx file's single line",
        nginx("server { listen 9999; }"),
        "web.nginx.http.mine",
        "contains listen",
        "remove it",
    ),
    (
        "a port behind another directive",
        nginx('gzip on; server { server_name "a;{b"; "listen" 9999; }'),
        "web.nginx.http.mine",
        "contains listen",
        "remove it",
    ),
    (
        "a port behind a variable in braces and a map",
        nginx("map $a $b { default ${x}y; }\nserver {\n  listen 9999;\n}"),
        "web.nginx.http.mine",
        "contains listen",
        "remove it",
    ),
    (
        "the end of a block that the program has begun",
        nginx("} events { worker_connections 9; } http {"),
        "web.nginx.http.mine",
        "unbalanced",
        "close every block",
    ),
    (
        "an open block, and a brace that a comment closes",
        nginx("map $a $b {\n  default 1;\n# }\n"),
        "web.nginx.http.mine",
        "unbalanced",
        "close every block",
    ),
    (
        "a port in an Apache file's broken line",
        apache("Lis\\\nten 9999"),
        "web.apache.server.mine",
        "contains Listen",
        "remove it",
    ),
]
ACCEPTED = [
    (
        "words of a map that look like directives",
        nginx("map $cookie_role $r {\n user 1;\n 'listen' 2; # } {\n}\nmap $a $b { default '{'; }"),
        {},
    ),
    ("a value behind a broken line", apache("RewriteCond %{HTTP_USER_AGENT} \\\n  user"), {}),
]


@cases.each(("changes", "path", "reason", "fix"), CASES)
def test_it_is_refused(changes, path, reason, fix):
    check(problems_of(shop_with(changes)), path, reason, fix)


@cases.each(("changes", "base"), ACCEPTED)
def test_it_is_accepted(changes, base):
    validated(shop_with(changes, base))
