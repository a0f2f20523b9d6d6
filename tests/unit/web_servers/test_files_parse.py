"""The files that pods mount, read by the programs that they are for."""

import json
import shutil
import subprocess

import pytest

from offline import find_stack_file, read_stack_file
from shop.mail import SENDMAIL
from shop.render import php_ini
from tests.harness import DEV, ROOT, merge, validated
from tests.web_servers import reason_to_skip, serving, settings, site_of

STACKS = sorted(
    path.name[len("Pulumi.") : -len(".yaml")]
    for folder in (ROOT, ROOT / "stacks")
    for path in folder.glob("Pulumi.*.yaml")
)
CHANGES = {
    "as it is": {},
    "old layout": {"web": {"documentRoot": "."}},
    "guarded": {"access": {"shop": {"basicAuth": True, "allow": ["198.51.100.0/24"]}}},
    "further stores": {
        "hosts": {"stores": [{"host": "b.test", "code": "b", "redirects": ["c.de"]}]}
    },
}
LONG = "a" * 61
LONGEST = {
    "hosts": {
        "shop": [f"{LONG}.{LONG}.{LONG}.{LONG}.test"],
        "stores": [{"host": f"b.{LONG}.{LONG}.{LONG}.test", "code": "b"}],
    }
}
# Names of services are resolved when nginx starts, and there is no cluster here.
SERVICES = {"server storefront-php": "server 127.0.0.1", "//phpmyadmin": "//127.0.0.1"}


def said(settings, tier):
    """Return what the servers of a tier say of their files."""
    kind = "apache" if settings.web.topology == "apache" else "nginx"
    if reason := reason_to_skip(kind):
        pytest.skip(reason)
    site = site_of(kind, settings, tier, SERVICES)
    try:
        return site.check()
    finally:
        site.remove()


@pytest.mark.parametrize("tier", ["storefront", "admin"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_files_of_every_stack_are_understood(stack, tier):
    shop = read_stack_file(find_stack_file(ROOT, stack)).shop

    assert said(validated(shop), tier) == ""


@pytest.mark.parametrize("tier", ["storefront", "admin"])
@pytest.mark.parametrize("topology", ["shared", "split", "apache"])
@pytest.mark.parametrize("changes", CHANGES)
def test_the_files_of_every_topology_are_understood(topology, changes, tier):
    tree = merge(merge(DEV.shop, CHANGES[changes]), {"web": {"topology": topology}})
    if topology == "apache":
        del tree["images"]["nginx"]

    assert said(validated(tree), tier) == ""


@pytest.mark.parametrize("topology", ["shared", "apache"])
def test_hosts_may_be_as_long_as_names_can_be(topology):
    tree = merge(merge(DEV.shop, LONGEST), {"web": {"topology": topology}})
    if topology == "apache":
        del tree["images"]["nginx"]

    assert said(validated(tree), "storefront") == ""


def test_a_file_that_is_not_understood_would_be_noticed():
    """Show that the check above can fail."""
    if reason := reason_to_skip("nginx"):
        pytest.skip(reason)
    site = site_of("nginx", validated(DEV.shop), "storefront", {"sendfile on": "sendfile maybe"})
    try:
        assert "sendfile" in site.check()
    finally:
        site.remove()


@pytest.mark.parametrize("kind", ["nginx", "apache"])
def test_own_lines_of_settings_and_of_the_image_are_read(kind):
    header = {"nginx": "add_header {} yes;", "apache": 'Header set {} "yes"'}[kind]
    own = {"server": {"mine": header.format("X-Settings")}}
    with serving(
        kind, changes={"web": {kind: own}}, image={"server.conf": header.format("X-Image")}
    ) as site:
        headers = site.ask("/").headers

    assert headers["x-settings"] == "yes"
    assert headers["x-image"] == "yes"


OWN = {
    "nginx": {
        "http": {
            "further": """
                # What only this shop has.
                map $http_user_agent $robot { default 0; ~*bot 1; volatile; }
                geo $office { default 0; 192.0.2.0/24 1; }
                split_clients "${remote_addr}a" $variant { 50% a; * b; }
                limit_req_zone $binary_remote_addr zone=own:1m rate=5r/s;
                limit_conn_zone $binary_remote_addr zone=own-connections:1m;
                log_format short '$remote_addr "$request"';
                gzip_types application/wasm font/ttf;
                gzip_comp_level 5;
                upstream search { server 192.0.2.1:9200 max_fails=2; keepalive 4; }
                proxy_cache_path /tmp/own levels=1:2 keys_zone=own-cache:1m;
                large_client_header_buffers 8 16k;
            """,
            "more": "deny 192.0.2.66;\nopen_file_cache max=100;",
        },
        "server": {
            "headers": 'add_header X-Robots-Tag "noindex; nofollow" always;',
            "places": """
                deny 192.0.2.67;
                if ($robot) { return 403; }
                rewrite ^/old-page\\.html$ /new-page.html permanent;
                error_page 404 /index.php/no-route;
                access_log /dev/stderr short;
                location = /erp { deny all; }
                location ^~ /search/ {
                  access_log off;
                  client_max_body_size 1m;
                  limit_req zone=own burst=5;
                  proxy_set_header Host $host;
                  proxy_pass http://search/;
                }
                location ~* "\\.{2,3}x$" { gzip off; return 204; }
                location /limited/ { limit_except GET { deny all; } }
            """,
        },
    },
    "apache": {
        "server": {
            "headers": 'Header always set X-Robots-Tag "noindex"\nSetEnvIf Host a own=1',
            "places": """
                # What only this shop has.
                RewriteEngine On
                RewriteCond %{HTTP_HOST} ^www\\.(.*)$ [NC]
                RewriteRule ^/old-page\\.html$ /new-page.html \\
                  [R=301,L,E=own:1]
                Redirect gone "/older-page.html"
                ErrorDocument 404 "/index.php/no-route"
                <IfModule mod_headers.c>
                  <LocationMatch "^/search/">
                    Header set Cache-Control "no-store"
                    ExpiresActive Off
                  </LocationMatch>
                </IfModule>
                <IfModule mod_nowhere.c>
                  Nowhere On
                </IfModule>
                <Location "/erp">
                  Require all denied
                </Location>
                AddType font/ttf .ttf
                LogFormat "%a" short
                CustomLog /proc/self/fd/2 short
                Alias "/files/" "/var/www/files/"
                <If "%{HTTP_USER_AGENT} =~ /bot/">
                  Header set X-Bot yes
                </If>
            """,
        },
    },
}


@pytest.mark.parametrize("tier", ["storefront", "admin"])
@pytest.mark.parametrize("kind", ["nginx", "apache"])
def test_own_files_that_the_settings_take_are_understood(kind, tier):
    changes = {
        "web": {"topology": "apache" if kind == "apache" else "shared", kind: OWN[kind]},
        "access": {"admin": {"allow": ["198.51.100.0/24"]}},
    }

    assert said(settings(kind, changes), tier) == ""


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not on the PATH")
def test_php_takes_every_ini_line_at_its_word(tmp_path):
    text = php_ini("300M", SENDMAIL, {"date.timezone": "Europe/Berlin", "short_open_tag": True})
    (tmp_path / "php.ini").write_text(text)
    ask = "echo json_encode(array_map(fn ($found) => $found['local_value'], ini_get_all()));"
    told = json.loads(
        subprocess.check_output(["php", "-c", tmp_path, "-d", "display_errors=0", "-r", ask])
    )
    lines = dict(line.split(" = ") for line in text.splitlines() if line and line[0] != ";")
    # The question itself is asked with errors off.
    for key in lines.keys() - {"display_errors"}:
        value = lines[key]
        meant = {"On": {"1"}, "Off": {"", "0"}}.get(value, {value.strip('"')})
        assert told[key] in meant, key
