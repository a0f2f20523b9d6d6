"""What the customer's own files for nginx and Apache may say."""

# ruff: noqa: S108 (the folders are a pod's)

import copy
import re

import pytest
import yaml

from settings.rules import apache_grammar, nginx_grammar
from shop.render import apache_config, nginx_config, nginx_php
from stackfile.report import dotted
from tests.harness import DEV, STACK_FILES, merge, read_stack_file, refusal, validated
from tests.refusals import check, problems, problems_of
from wiring.web import tiers

GUARDED = {"access": {"admin": {"allow": ["10.0.0.0/8"]}}}
OWNED = re.compile(
    r"which the program (sets itself|owns)|as the program has it|variable of the program"
    r"|is not allowed in|whom the program keeps out|ends the program's own log"
    r"|is reached by no port|is switched on by the program|replaces the program's own"
)
STACKS = {"apache": [], "nginx": []}
for stack in STACK_FILES:
    topology = read_stack_file(stack).shop.get("web", {}).get("topology")
    STACKS["apache" if topology == "apache" else "nginx"].append(stack)


def each_stack(server):
    """Run a test with each stack file whose shop has that server, and each of its tiers."""
    return pytest.mark.parametrize(
        ("path", "tier"),
        [
            pytest.param(path, tier, id=f"{path.stem}-{tier}")
            for path in STACKS[server]
            for tier in ("storefront", "admin")
        ],
    )


def nginx(text, block="http", **changes):
    return {"web": {"nginx": {block: {"mine": text}}}, **changes}


def apache(text, **changes):
    """Return the changes that make a shop with Apache."""
    images = {"nginx": None}
    return {
        "web": {"topology": "apache", "apache": {"server": {"mine": text}}},
        "images": images,
        **changes,
    }


def apache_shop(changes):
    shop = merge(copy.deepcopy(dict(DEV.shop)), changes)
    shop["images"].pop("nginx", None)
    return shop


def written(directive):
    """Return a directive of nginx' as text."""
    args = [
        '"' + arg.replace('"', '\\"') + '"' if not arg or re.search(r"[\s;{}\"']", arg) else arg
        for arg in directive.args
    ]
    head = " ".join([directive.name, *args])
    if directive.block is None:
        return f"{head};"
    return f"{head} {{ {' '.join(written(one) for one in directive.block)} }}"


def files(directives, write):
    """Return each directive as a file of its own."""
    return {f"own-{number}": write(one) for number, one in enumerate(directives)}


def demand(shop, server, own):
    """Demand a refusal of each file, because of what the program has."""
    shop = merge(dict(shop), {"web": {server: own}})
    found = problems_of(shop)
    for block, texts in own.items():
        for name, text in texts.items():
            path = f"openmage:shop.web.{server}.{block}.{name}"
            assert path in found, (block, text)
            assert OWNED.search(found[path].reason), (text, found[path].reason)


@each_stack("nginx")
def test_no_directive_of_nginx_can_be_set_again(path, tier):
    shop = read_stack_file(path).shop
    settings = tiers(validated(shop))[tier]
    text = nginx_config(settings["server"], settings["php"] or "")
    whole = nginx_grammar.parse(text, ())
    [http] = [one for one in whole.directives if one.name == "http"]
    *others, own = [one for one in http.block or [] if one.name == "server"]
    php = nginx_php(settings["server"]["timeout"], basic_auth=settings["server"]["basic_auth"])
    called = nginx_grammar.parse(php, ("http", "location"))

    assert not [*whole.mistakes, *called.mistakes]
    assert len(http.block or []) > 30
    assert len(own.block or []) > 20
    main = [one for one in whole.directives if one is not http]
    demand(
        shop,
        "nginx",
        {
            "http": files([*main, *(http.block or []), *called.directives], written),
            "server": files([*main, *others, *(own.block or []), *called.directives], written),
        },
    )


@each_stack("apache")
def test_no_directive_of_apache_can_be_set_again(path, tier):
    shop = read_stack_file(path).shop
    settings = tiers(validated(shop))[tier]
    whole = apache_grammar.parse(apache_config(settings["server"], settings["workers"])).directives
    own = [one for one in whole if one.name == "virtualhost"][-1]
    directives = [
        # Modules are loaded within sections that ask whether they are.
        *(inner for one in whole if one.name == "ifmodule" for inner in one.block or []),
        *(one for one in whole if one.name != "ifmodule"),
        # It is switched on behind the customer's lines: they may say the same.
        *(one for one in own.block or [] if one.name not in {"rewriteengine", "rewritecond"}),
    ]

    assert len(own.block or []) > 30
    demand(shop, "apache", {"server": files(directives, written_for_apache)})


def written_for_apache(directive):
    args = ['"' + arg.replace("\\", "\\\\").replace('"', '\\"') + '"' for arg in directive.args]
    head = " ".join([directive.name, *args])
    if directive.block is None:
        return head
    inner = "\n".join(written_for_apache(one) for one in directive.block)
    return f"<{head}>\n{inner}\n</{directive.name}>"


NGINX = [
    ("add_header X y", "http", "line 1: add_header has no semicolon", "semicolon"),
    ("add_header A b;\nadd_header X y\nadd_header C d;", "server", "line 2: add_header", "semicol"),
    ("\n\nadd_header X;", "server", "line 3: add_header has a number of values", "semicolon"),
    ("add_header X 'y;", "server", "a quote is never closed", "close it"),
    ("gzip on;", "http", "gzip is a directive which the program sets itself", "remove it"),
    ("gzip off;", "server", "gzip is a directive which the program sets itself", "remove it"),
    ("sub_filter_once perhaps;", "http", "sub_filter_once is neither on nor off", "on or off"),
    ("brotli on;", "http", "brotli is no directive", "image"),
    ("js_content a.b;", "server", "js_content is no directive", "image"),
    ("location /a { return 200; }", "http", "location is not allowed in http", "move it"),
    ("try_files $uri =404;", "http", "try_files is not allowed in http", "move it"),
    ("worker_connections 9;", "http", "worker_connections is not allowed in http", "move it"),
    ("map $a $b { default 1; }", "server", "map is not allowed in server", "move it"),
    ("map $a $b { default 1 2; }", "http", "a line of map", "its value"),
    ("location /a {", "server", "location has unbalanced braces", "close every block"),
    ("return 200; }", "server", "unbalanced", "close every block"),
    ("location /a return 200;", "server", "location has no block", "{ and }"),
    ("return 200 { }", "server", "return takes no block", "semicolon"),
    ("if $a { return 200; }", "server", "no condition in brackets", "(condition)"),
    (";", "http", "follows no directive", "remove it"),
    ("access_log /var/log/nginx/a.log;", "http", "cannot be written", "/dev/stdout"),
    ("access_log /tmp/../var/a.log;", "http", "cannot be written", "/tmp"),
    ("access_log logs/a.log;", "server", "cannot be written", "/tmp"),
    ("proxy_cache_path /var/cache/a keys_zone=a:1m;", "http", "cannot be written", "/tmp"),
    ("location /a { access_log /a.log; }", "server", "cannot be written", "/tmp"),
    ("client_body_temp_path /var/tmp;", "server", "sets itself", "remove it"),
    ("access_log off;", "http", "ends the program's own log", "location"),
    ("error_log /dev/stderr debug;", "http", "contains error_log", "only one that is kept"),
    ("include /etc/nginx/conf.d/*.conf;", "http", "contains include", "what it includes"),
    ("map $a $b { include /a; }", "http", "contains include", "what it includes"),
    ("load_module a.so;", "http", "contains load_module", "image"),
    ("user root;", "http", "contains user", "remove it"),
    ("pid /a;", "http", "contains pid", "remove it"),
    ("daemon on;", "http", "contains daemon", "remove it"),
    ("listen 80;", "server", "contains listen", "remove it"),
    ("server_name other.test;", "server", "contains server_name", "hosts"),
    ("set_real_ip_from 0.0.0.0/0;", "http", "contains set_real_ip_from", "trustedProxies"),
    ("set_real_ip_from 0.0.0.0/0;", "server", "contains set_real_ip_from", "trustedProxies"),
    ("location /a { real_ip_header X; }", "server", "contains real_ip_header", "trustedProxies"),
    ("satisfy any;", "server", "contains satisfy", "access"),
    ("allow all;", "server", "allow is a directive", "access"),
    ("auth_basic off;", "server", "auth_basic is a directive", "access"),
    ("location /a { allow all; }", "server", "allow would let in", "access"),
    ("location /a { auth_basic off; }", "server", "auth_basic would let in", "access"),
    ("location /a { deny 192.0.2.1; }", "server", "deny would let in", "access"),
    ("location /a { if ($b) { set $forwarded_https on; } }", "server", "set changes a", "another"),
    ("map $host $mage_run_code { default x; }", "http", "map changes a variable", "another"),
    ("geo $counted { default 0; }", "http", "geo changes a variable", "another"),
    ("location ~ (?<mage_run_code>x) { }", "server", "changes a variable", "another"),
    ("upstream php { server 192.0.2.1; }", "http", "upstream is there already", "another name"),
    ("log_format json a;", "http", "log_format is there already", "another name"),
    ("limit_req_zone $a zone=login:1m rate=1r/s;", "http", "is there already", "another name"),
    ("limit_conn_zone $a zone=login:1m;", "http", "is there already", "another name"),
    ("add_header x-frame-options DENY;", "server", "add_header is there already", "remove it"),
    ("location ~ /\\. { }", "server", "location is there already", "remove it"),
    ("gzip_comp_level 5;\ngzip_comp_level 6;", "http", "line 2: gzip_comp_level is there", "one"),
    ("location = /a { }\nlocation =/a { }", "server", "line 2: location is there twice", "one"),
    ("location /a { fastcgi_param PHP_VALUE x=1; }", "server", "sets php.ini", "php.ini"),
    ("proxy_read_timeout 10 minutes;", "server", "proxy_read_timeout has", "semicolon"),
    ("proxy_read_timeout soon;", "server", "is no time", "30s"),
    ("proxy_buffer_size 64Mi;", "server", "is no size", "64m"),
    ("set a 1;", "server", "names no variable", "dollar"),
    ("map $a b { c d; }", "http", "names no variable", "dollar"),
    ("deny neighbour;", "server", "is no network", "192.0.2.0/24"),
    ("limit_req_zone $a zone=a rate=1r/s;", "http", "has no zone", "zone=name:1m"),
    ("keepalive_requests 5;\nkeepalive_requests 6;", "http", "line 2: keepalive_requests", "one"),
    ("server { return 200; }", "http", "server is reached by no port", "web.nginx.server"),
]
APACHE = [
    ("<Directory /x>", "line 1: <Directory> is never closed", "close every section"),
    ("\n<Files a>\n</Directory>", "line 3: a section is closed", "by its own name"),
    ("</Files>", "a section is closed", "by its own name"),
    ("<Files a\n</Files>", "has no > at its end", "correct it"),
    ("<Files>\n</Files>", "does not say of what", "name it"),
    ("<Frob a>\n</Frob>", "a section is unknown", "correct it"),
    ("Frob a", "Frob is no directive", "IfModule"),
    ("SSLEngine on", "SSLEngine is no directive", "IfModule"),
    ("Redirect", "Redirect has a number of values", "correct it"),
    ("ExpiresActive perhaps", "ExpiresActive is neither On nor Off", "On or Off"),
    ("ModMimeUsePathInfo On", "ModMimeUsePathInfo is not allowed outside", "<Location>"),
    ("<Location /a>\nServerAdmin a@b.test\n</Location>", "line 2: ServerAdmin", "move it"),
    ("Header frob X y", "Header has a value", "begin with one of"),
    ("ErrorDocument 999 /a", "ErrorDocument has a value", "404"),
    ("UseCanonicalName perhaps", "UseCanonicalName has a value", "DNS"),
    ("ExpiresDefault 'access plus 1 fortnight'", "ExpiresDefault has a value", "7 days"),
    ("Options Frob", "Options has a value", "-Indexes"),
    ("<Location /a>\n<Directory /b>\n</Directory>\n</Location>", "line 2: <Directory>", "move it"),
    ("KeepAliveTimeout 60", "which the program sets itself", "remove it"),
    ("StartServers 9", "which the program sets itself", "remove it"),
    ("MaxMemFree 9", "MaxMemFree is not allowed in a virtual host", "remove it"),
    ("Lis\\\nten 9999", "contains Listen", "remove it"),
    ("LoadModule a_module a.so", "contains LoadModule", "image"),
    ("IncludeOptional /a", "contains IncludeOptional", "what it includes"),
    ("php_value memory_limit 8G", "contains php_value", "php.ini"),
    ("<IfModule a>\nphp_admin_flag engine off\n</IfModule>", "line 2: contains php_adm", "php.ini"),
    ("<Directory /var/www/html>\nAllowOverride All\n</Directory>", "AllowOverride", "write here"),
    ('<Directory "/var/www/html/">\n</Directory>', "Directory is there already", "remove it"),
    ("<Location />\nSetHandler none\n</Location>", "Location is there already", "remove it"),
    ("ErrorLog /var/log/a", "cannot be written", "/tmp"),
    ("CustomLog /var/log/a json", "cannot be written", "/tmp"),
    ('CustomLog "|/bin/cat" json', "cannot be written", "/tmp"),
    ("RewriteEngine Off", "RewriteEngine is switched on", "remove it"),
    ("SetEnv HTTPS on", "SetEnv changes a variable", "another name"),
    ("RewriteRule ^ - [E=MAGE_RUN_CODE:b]", "RewriteRule changes a variable", "hosts.stores"),
    ("Header set x-frame-options DENY", "Header is there already", "remove it"),
    ("RequestHeader set X-Forwarded-For 192.0.2.1", "RequestHeader is there", "remove it"),
    ("RemoteIPTrustedProxy 0.0.0.0/0", "contains RemoteIPTrustedProxy", "trustedProxies"),
    ("ProxyRequests On", "contains ProxyRequests", "anyone could reach"),
    ("ServerAlias b.test", "contains ServerAlias", "hosts"),
    ("<VirtualHost *:8080>\n</VirtualHost>", "contains VirtualHost", "no port"),
    ("<Location /a>\nRequire all granted\n</Location>", "line 2: Require would let in", "access"),
]


@pytest.mark.parametrize(("text", "block", "reason", "fix"), NGINX)
def test_a_file_that_breaks_nginx_is_refused(text, block, reason, fix):
    check(problems(nginx(text, block, **GUARDED)), f"web.nginx.{block}.mine", reason, fix)


@pytest.mark.parametrize(("text", "reason", "fix"), APACHE)
def test_a_file_that_breaks_apache_is_refused(text, reason, fix):
    found = problems_of(apache_shop(apache(text, **GUARDED)))

    check(found, "web.apache.server.mine", reason, fix)


def test_all_mistakes_of_a_file_are_told_with_their_lines():
    text = "gzip on;\nadd_header A b;\nlisten 80;\nbrotli on;\n"
    [problem] = problems(nginx(text)).values()

    assert re.findall(r"line (\d)", problem.reason) == ["1", "3", "4"]


@pytest.mark.parametrize("text", ["listen 80; # S3cr3t", "proxy_set_header A S3cr3t", '"S3cr3t!'])
def test_what_a_file_says_is_not_shown(text):
    for changes in (nginx(text), apache(f"Listen 80\n{text}")):
        shop = apache_shop(changes) if "apache" in changes["web"] else merge(DEV.shop, changes)
        error = refusal(yaml.safe_dump({"config": {"openmage:shop": dict(shop)}}))

        assert [dotted(problem.path)[-4:] for problem in error.problems] == ["mine"]
        assert "S3cr3t" not in str(error)
