"""Every shop: what its web servers and PHP serve, refuse, believe and have time for."""

import re

from tests.harness import containers
from tests.shops import every_shop, number
from tests.web_files import (
    ELSEWHERE,
    FILE,
    NOTHING,
    PHP,
    answer,
    private_server,
    servers,
    shop_server,
)

CLOSED = [
    *("/app/etc/local.xml", "/APP/etc/config.xml", "/app/Mage.php", "/var/log/system.log"),
    *("/var/export/customers.csv", "/var", "/includes/config.php", "/lib/Varien/Db.php"),
    *("/shell/indexer.php", "/dev/tests", "/vendor/autoload.php", "/pkginfo/x.txt", "/report/1"),
    *("/.git/config", "/.env", "/media/.htaccess", "/skin/.svn/entries", "/.well-known/../.env"),
    *("/cron.php", "/cron.sh", "/install.php", "/INSTALL.PHP", "/info.php", "/test.php5"),
    *("/dump.sql", "/backup/shop.sql", "/local.xml.bak", "/index.php~", "/composer.lock"),
    *("/composer.json", "/package.json", "/LICENSE.txt", "/RELEASE_NOTES.txt", "/README.md"),
    *("/phpstan.neon", "/docker-compose.yml", "/app.yaml", "/x.swp", "/x.orig", "/x.old", "/x.sh"),
    *("/errors/local.xml", "/errors/default/page.phtml", "/errors/report.php", "/js/index.php"),
    *("/media/x.php", "/media/wysiwyg/x.PHP", "/media/x.phtml", "/media/x.phar", "/skin/x.php7"),
    *("/media/x.pl", "/js/x.cgi", "/media/customer/a/b.jpg", "/media/import/products.csv"),
    *("/media/tmp/catalog/x.jpg", "/media/downloadable/files/x.pdf", "/media/custom_options/q/x"),
    *("/media/catalog/notes.txt", "/media/feed.json", "/x.php/y", "/media/x.php/y.jpg"),
]
"""Paths that no visitor may see: code, keys, logs, other people's files, scripts."""
OPEN = {
    "/": PHP,
    "/customer/account/login": PHP,
    "/checkout/cart": PHP,
    "/index.php/catalog/product/view/id/1": PHP,
    "/a-product.html": PHP,
    "/robots.txt": PHP,
    "/security.txt": PHP,
    "/manifest.json": PHP,
    "/sitemap.xml": PHP,
    "/get.php": PHP,
    "/media/catalog/product/a/b/shirt.jpg": PHP,
    "/media/sitemap/robots.txt": PHP,
    "/skin/frontend/rwd/default/css/styles.css": FILE,
    "/js/prototype/prototype.js": FILE,
    "/errors/default/css/styles.css": FILE,
}
"""What a visitor must see, where no such file is there yet."""
API = ("/api.php", "/api/rest/products", "/api/soap", "/index.php/api/soap", "/api")
BELIEVED = {
    *("PROXY", "X_REWRITE_URL", "X_ORIGINAL_URL", "SSL_OFFLOADED", "CLIENT_IP", "FORWARDED"),
    *("X_FORWARDED_HOST", "X_FORWARDED_PORT"),
}
"""Headers that PHP, OpenMage or a module would believe from any client."""
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def tiers(shop):
    """Yield each tier of web pods, its settings and the text of its server's configuration."""
    file = "/apache.conf" if shop.topology == "apache" else "/nginx.conf"
    for name, tier in shop.web():
        yield name, tier, shop.file(name, file)


def config_of(shop, name):
    """Return the text of the server's configuration of one tier."""
    return next(config for tier, _, config in tiers(shop) if tier == name)


def told_to_php(shop, name):
    """Return what nginx tells PHP, by the variable."""
    text = shop.file(name, "/php.conf")
    return dict(re.findall(r"^fastcgi_param (\S+) (.*);$", text, re.MULTILINE))


def pools(shop):
    """Yield the workload of each php-fpm, its tier's settings, its pool, and its own files."""
    for name, tier in shop.web():
        workload = f"{name}-php" if f"{name}-php" in shop.pods else name
        if shop.topology != "apache":
            yield workload, tier, shop.file(workload, "zz-openmage.conf")


def one(pattern, text):
    """Return the one value that a pattern finds."""
    found = re.findall(pattern, text, re.MULTILINE)
    assert len(found) == 1, (pattern, found)
    return found[0]


def sections(pool):
    """Return the lines of a pool as a mapping."""
    return dict(line.split(" = ", 1) for line in pool.splitlines() if " = " in line)


@every_shop
def test_what_no_visitor_may_see_is_not_there(shop):
    for tier in ("storefront", "admin"):
        assert [path for path in CLOSED if answer(shop, tier, path) != NOTHING] == []


@every_shop
def test_what_a_visitor_must_see_is_there(shop):
    found = {path: answer(shop, "storefront", path) for path in OPEN}
    assert found == OPEN
    assert answer(shop, "admin", "/media/x.jpg") == PHP
    assert answer(shop, "admin", "/js/x.js") == FILE


@every_shop
def test_the_admin_area_is_in_pods_of_its_own_only(shop):
    path = shop.settings.admin.path
    for asked in (f"/{path}", f"/{path}/", f"/index.php/{path}/x", f"/{path.upper()}/x"):
        assert answer(shop, "storefront", asked) == NOTHING, asked
    assert answer(shop, "admin", f"/{path}/dashboard") == PHP
    assert answer(shop, "storefront", f"/{path}-shirts.html") == PHP
    if shop.topology != "apache":
        assert answer(shop, "admin", "/") == ELSEWHERE


@every_shop
def test_the_api_answers_where_the_settings_say_so_and_never_in_the_admin_area(shop):
    wanted = PHP if shop.settings.web.api else NOTHING
    served = API[:2] if shop.settings.web.api else API
    for path in served:
        assert answer(shop, "storefront", path) == wanted, path
    for path in API:
        assert answer(shop, "admin", path) == NOTHING, path
    assert answer(shop, "storefront", "/apiary.html") == PHP


@every_shop
def test_a_request_has_the_time_of_the_settings_everywhere(shop):
    for name, tier, config in tiers(shop):
        seconds = tier.request_timeout_seconds
        if shop.topology == "apache":
            assert one(r"^Timeout (\d+)$", config) == str(seconds)
            assert one(r"^php_admin_value max_execution_time (\d+)$", config) == str(seconds)
            assert int(one(r"^GracefulShutdownTimeout (\d+)$", config)) >= seconds
        else:
            # nginx waits as long as PHP may take, and ends what it has when it is told to stop.
            php = shop.file(name, "/php.conf")
            assert one(r"^fastcgi_read_timeout (\d+)s;$", php) == str(seconds)
            assert int(one(r"worker_shutdown_timeout (\d+)s;", config)) >= seconds
    for _, tier, pool in pools(shop):
        lines, seconds = sections(pool), tier.request_timeout_seconds
        assert lines["request_terminate_timeout"] == f"{seconds}s"
        assert lines["php_admin_value[max_execution_time]"] == str(seconds)
        assert int(lines["process_control_timeout"].removesuffix("s")) >= seconds


@every_shop
def test_what_stands_before_the_pods_waits_longer_than_they_may_take(shop):
    if "frontend-cache" not in shop.pods:
        return
    times = [tier.request_timeout_seconds for _, tier in shop.web()]
    vcl = shop.file("frontend-cache", "default.vcl")
    for kind in ("first_byte", "between_bytes"):
        assert int(one(rf"\.{kind}_timeout = (\d+)s;", vcl)) > times[0]
    if shop.settings.frontend_cache.terminator:
        config = shop.file("frontend-cache", "nginx.conf")
        for kind in ("read", "send"):
            assert int(one(rf"proxy_{kind}_timeout (\d+)s;", config)) > max(times)
        assert int(one(r"worker_shutdown_timeout (\d+)s;", config)) >= max(times)


@every_shop
def test_an_upload_passes_every_server_on_its_way(shop):
    ini = shop.file("admin", "zz-openmage.ini")
    largest = number(one(r"^upload_max_filesize = (\w+)$", ini))
    post = number(one(r"^post_max_size = (\w+)$", ini))
    # Forms of products and imports of pictures.
    assert 32e6 <= largest < post
    for _, _, config in tiers(shop):
        if shop.topology == "apache":
            assert int(one(r"^LimitRequestBody (\d+)$", config)) >= post
        else:
            sizes = re.findall(r"client_max_body_size (\w+);", config)
            assert sizes
            assert all(number(size.upper()) >= post for size in sizes)
    if getattr(shop.settings.frontend_cache, "terminator", False):
        config = shop.file("frontend-cache", "nginx.conf")
        assert number(one(r"client_max_body_size (\w+);", config).upper()) >= post
        assert "proxy_request_buffering off;" in config
    # OpenMage's forms of products and of configuration are long.
    assert int(one(r"^max_input_vars = (\d+)$", ini)) >= 5000


@every_shop
def test_the_client_is_who_the_trusted_proxies_say_and_no_other_client_is_believed(shop):
    trusted = list(shop.settings.edge.trusted_proxies)
    for name, _, config in tiers(shop):
        if shop.topology == "apache":
            assert re.findall(r"^RemoteIPInternalProxy (\S+)$", config, re.MULTILINE) == trusted
            assert bool(
                re.search(r"^RemoteIPHeader X-Forwarded-For$", config, re.MULTILINE)
            ) == bool(trusted)
            assert "RemoteIPTrustedProxy" not in config
            assert 'RequestHeader set X-Real-IP "expr=%{REMOTE_ADDR}"' in config
            assert 'RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}"' in config
            unset = {
                n.upper().replace("-", "_")
                for n in re.findall(r"^RequestHeader unset (\S+)$", config, re.MULTILINE)
            }
            assert unset >= BELIEVED
        else:
            assert re.findall(r"set_real_ip_from (\S+);", config) == trusted
            assert one(r"real_ip_header (\S+);", config) == "X-Forwarded-For"
            assert one(r"real_ip_recursive (\S+);", config) == "on"
            told = told_to_php(shop, name)
            for header in BELIEVED:
                assert told[f"HTTP_{header}"] == '"" if_not_empty', header
            for header in ("REMOTE_ADDR", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR"):
                assert told[header] == "$remote_addr"
    if getattr(shop.settings.frontend_cache, "terminator", False):
        config = shop.file("frontend-cache", "nginx.conf")
        for header in ("X-Forwarded-For", "X-Real-IP"):
            assert one(rf"proxy_set_header {header} (\S+);", config) == "$remote_addr"
        assert one(r"proxy_set_header X-Forwarded-Proto (\S+);", config) == "https"
        assert one(r"proxy_set_header Host (\S+);", config) == "$host"
        assert "set req.http.X-Forwarded-For = req.http.X-Real-IP;" in shop.file(
            "frontend-cache", "default.vcl"
        )


@every_shop
def test_php_is_told_what_was_asked_and_by_which_scheme(shop):
    for name, _, config in tiers(shop):
        if shop.topology == "apache":
            assert 'SetEnvIf X-Forwarded-Proto "^https$" HTTPS=on scheme=https' in config
            continue
        told = told_to_php(shop, name)
        wanted = {
            "SCRIPT_FILENAME": "$document_root$fastcgi_script_name",
            "SCRIPT_NAME": "$fastcgi_script_name",
            "PATH_INFO": "$fastcgi_path_info",
            "DOCUMENT_ROOT": "$document_root",
            "QUERY_STRING": "$query_string",
            "REQUEST_METHOD": "$request_method",
            "REQUEST_URI": "$request_uri",
            "CONTENT_TYPE": "$content_type",
            "CONTENT_LENGTH": "$content_length",
            "SERVER_NAME": "$host",
            "SERVER_PORT": "$forwarded_port",
            "HTTPS": "$forwarded_https if_not_empty",
            "HTTP_X_FORWARDED_PROTO": "$forwarded_scheme",
            "MAGE_RUN_CODE": "$mage_run_code",
            "MAGE_RUN_TYPE": "$mage_run_type",
        }
        assert told.items() >= wanted.items(), name
        maps = dict(re.findall(r"map \S+ \$(forwarded_\w+) \{\n(.*?)\n  \}", config, re.DOTALL))
        found = {
            name: dict(re.findall(r"^    (\S+) (\S+);$", body, re.MULTILINE))
            for name, body in maps.items()
        }
        assert found == {
            "forwarded_scheme": {"https": "https", "default": "http"},
            "forwarded_https": {"https": "on", "default": "''"},
            "forwarded_port": {"https": "443", "default": "80"},
        }
        assert "map $http_x_forwarded_proto $forwarded_scheme {" in config


@every_shop
def test_browsers_come_by_https_and_in_production_are_told_to(shop):
    secure, production = shop.settings.secure, shop.settings.production
    for _, _, config in tiers(shop):
        lines = [line.strip() for line in config.splitlines() if "Strict-Transport" in line]
        assert bool(lines) == (secure and production)
        for line in lines:
            assert "max-age=31536000" in line
            assert " always" in line
        if shop.topology == "apache":
            host = config.split("<VirtualHost *:8080>")[-1]
            redirect = "=http\n  RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [R=301,L]"
        else:
            host = shop_server(config)
            redirect = (
                "if ($forwarded_scheme = http) {\n      return 301 https://$host$request_uri;"
            )
        assert (redirect in host) == secure
        assert bool([line for line in lines if line in host]) == (secure and production)


@every_shop
def test_browsers_are_protected_by_every_answer(shop):
    for _, _, config in tiers(shop):
        for header, value in PROTECTION.items():
            if shop.topology == "apache":
                assert f'Header always set {header} {value} "expr=-z %{{resp:{header}}}"' in config
            else:
                missing = f"missing_{header.lower().replace('-', '_')}"
                assert f"add_header {header} ${missing} always;" in shop_server(config)
                sent = header.lower().replace("-", "_")
                assert (
                    f"map $upstream_http_{sent} ${missing} {{\n    default '';\n    '' {value};"
                    in config
                )
        assert re.search(r"server_tokens off;|^ServerTokens Prod$", config, re.MULTILINE)
    for name in shop.code:
        ini = shop.file(name, "zz-openmage.ini")
        for line in ("expose_php = Off", "display_errors = Off", "log_errors = On"):
            assert f"\n{line}\n" in ini
        assert "\nallow_url_include = Off\n" in ini
        assert "\nerror_log = /proc/self/fd/2\n" in ini


@every_shop
def test_each_host_shows_its_store_and_an_unknown_one_nothing(shop):
    hosts, stores = shop.settings.hosts, shop.settings.hosts.stores
    served = {
        "storefront": {hosts.shop[0], *(each.host for each in stores)},
        "admin": {hosts.admin},
    }
    codes = {each.host: (each.code, each.type) for each in stores}
    for name, _, config in tiers(shop):
        found = {}
        if shop.topology == "apache":
            last = config.split("<VirtualHost *:8080>")[-1]
            names = set(re.findall(r"Server(?:Name|Alias) (\S+)", last))
            line = r'SetEnvIfNoCase Host "(.*)" MAGE_RUN_CODE=(\S+) MAGE_RUN_TYPE=(\S+)'
            for host, code, kind in re.findall(line, config):
                found |= {each: (code, kind) for each in names if re.match(host, each)}
        else:
            names = set(one(r"server_name (.*);", shop_server(config)).split())
            maps = dict(
                re.findall(r"map \$host \$mage_run_(\w+) \{\n(.*?)\n  \}", config, re.DOTALL)
            )
            code, kind = (
                dict(re.findall(r"^    (\S+) (\S+);$", maps[k], re.MULTILINE))
                for k in ("code", "type")
            )
            assert (code.pop("default"), kind.pop("default")) == ("''", "store")
            found = {host: (code[host], kind[host]) for host in code}
            [default] = [s for s in servers(config) if "listen 8080 default_server;" in s]
            assert "location / {\n      return 404;" in default
        assert names == served[name], name
        assert found == (codes if name == "storefront" else {}), name


@every_shop
def test_a_redirected_host_leads_to_the_host_of_its_store(shop):
    hosts = shop.settings.hosts
    wanted = dict.fromkeys(hosts.shop[1:], hosts.shop[0])
    wanted |= {host: store.host for store in hosts.stores for host in store.redirects}
    config = config_of(shop, "storefront")
    found = {}
    if shop.topology == "apache":
        for host in config.split("<VirtualHost *:8080>")[1:-1]:
            led = re.findall(r"RewriteRule \^ https?://(\S+)%\{REQUEST_URI\} \[R=301,L\]", host)
            found |= dict.fromkeys(re.findall(r"ServerName (\S+)", host), *led) if led else {}
    else:
        for server in servers(config):
            if "return 301" in server and "location" not in server:
                led = one(r"return 301 \S+://(\S+)\$request_uri;", server)
                found[one(r"server_name (\S+);", server)] = led
    assert found == wanted


@every_shop
def test_who_may_come_in_is_as_the_settings_say(shop):
    for part, name in (("shop", "storefront"), ("admin", "admin")):
        access = getattr(shop.settings.access, part)
        config = config_of(shop, name)
        if shop.topology == "apache":
            host = config.split("<VirtualHost *:8080>")[-1]
            allowed = " ".join(re.findall(r"^      Require ip (.*)$", host, re.MULTILINE)).split()
            assert allowed == list(access.allow)
            assert ("Require valid-user" in host) == access.basic_auth
            # Both are asked for, where both are on.
            assert ("<RequireAll>" in host) == bool(access.allow or access.basic_auth)
            assert "<RequireAny>" not in host
            assert ("AuthUserFile /etc/openmage/access/htpasswd" in host) == access.basic_auth
        else:
            server = shop_server(config)
            assert re.findall(r"^    allow (\S+);$", server, re.MULTILINE) == list(access.allow)
            assert ("\n    deny all;\n" in server) == bool(access.allow)
            assert (
                "auth_basic_user_file /etc/openmage/access/htpasswd;" in server
            ) == access.basic_auth
            php = shop.file(name, "/php.conf")
            passed = one(r"fastcgi_param HTTP_AUTHORIZATION (.*);", php)
            assert passed == ('"" if_not_empty' if access.basic_auth else "$http_authorization")
            assert "satisfy any" not in config


@every_shop
def test_attempts_at_passwords_are_limited(shop):
    limits = shop.settings.web.limits
    wanted = {
        "storefront": {
            "login": limits.login,
            "forms": limits.forms,
            "checkout": limits.checkout,
            "search": limits.search,
        },
        "admin": {"admin": limits.admin},
    }
    if shop.settings.web.api:
        wanted["storefront"]["api"] = limits.api
    asked = {
        "login": "/customer/account/loginPost/",
        "admin": "/backoffice/",
        "search": "/catalogsearch/result/",
    }
    for name, _, config in tiers(shop):
        if shop.topology == "apache":
            found = dict(re.findall(r"\$\{limits:(\w+),(\d+),", config))
            assert config.count("[R=429,L]") == len(found)
            patterns = dict.fromkeys(found, config)
        else:
            zones = re.findall(
                r"limit_req_zone \$limited_(\w+) zone=(\w+):\d+m rate=(\d+)r/m;", config
            )
            found = {zone: rate for variable, zone, rate in zones if variable == zone}
            patterns = dict(
                re.findall(
                    r'\$limited_(\w+) \{\n    default \'\';\n    "~\*(\S+)" \$binary_remote_addr;',
                    config,
                )
            )
            assert set(patterns) == set(found)
            [php] = [
                part
                for part in shop_server(config).split("location ")
                if part.startswith("~ ^/index\\.php")
            ]
            assert set(re.findall(r"limit_req zone=(\w+) burst=\d+ nodelay;", php)) == set(found)
            assert "limit_req_status 429;" in config
            assert "map $counted:$request_method:$uri" in config
            for zone in set(patterns) & set(asked):
                method = "GET" if zone == "search" else "POST"
                for prefix in ("", "/index.php", "/de"):
                    assert re.search(
                        patterns[zone], f"1:{method}:{prefix}{asked[zone]}", re.IGNORECASE
                    )
                assert not re.search(patterns[zone], f"0:{method}:{asked[zone]}", re.IGNORECASE)
        assert found == {zone: str(rate) for zone, rate in wanted[name].items() if rate}


@every_shop
def test_a_pool_has_as_many_workers_as_its_memory_holds(shop):
    for workload, tier, pool in pools(shop):
        lines = sections(pool)
        assert lines["pm"] == "static"
        assert lines["pm.max_children"] == str(tier.php.workers)
        assert int(lines["listen.backlog"]) >= 128
        assert 0 < int(lines["pm.max_requests"]) <= 10000
        assert lines["clear_env"] == "no", workload
        assert lines["catch_workers_output"] == "yes"
    for _, tier, config in tiers(shop):
        if shop.topology == "apache":
            counts = set(
                re.findall(
                    r"^(?:StartServers|ServerLimit|MaxRequestWorkers|M\w+SpareServers) (\d+)$",
                    config,
                    re.MULTILINE,
                )
            )
            assert counts == {str(tier.php.workers)}
            # An idle connection holds a worker.
            assert int(one(r"^KeepAliveTimeout (\d+)$", config)) <= 5
            assert "php_admin_value" in config
    for _, tier in shop.web():
        limit = number(tier.php.resources.limits.memory)
        opcache = 192 * 2**20
        assert tier.php.workers >= 2
        assert opcache + tier.php.workers * number(tier.php.worker_memory) <= limit


@every_shop
def test_php_keeps_the_code_that_it_has_compiled(shop):
    for name in shop.code:
        ini = dict(
            line.split(" = ", 1)
            for line in shop.file(name, "zz-openmage.ini").splitlines()
            if " = " in line
        )
        assert ini["opcache.enable"] == "On"
        assert ini["opcache.validate_timestamps"] == "Off"
        # OpenMage has about 10,000 files, and its modules half as many again.
        assert int(ini["opcache.max_accelerated_files"]) >= 16000
        assert int(ini["opcache.memory_consumption"]) >= 128
        assert ini["memory_limit"] == shop.settings.php.memory_limit
        assert ini["session.auto_start"] == "Off"


@every_shop
def test_nginx_finds_php_where_it_listens_and_no_other_pod_does(shop):
    for name, tier in shop.web():
        if shop.topology == "apache":
            continue
        apart = f"{name}-php" in shop.pods
        pool = sections(shop.file(f"{name}-php" if apart else name, "zz-openmage.conf"))
        upstream = one(r"upstream php \{\n    server (\S+);", shop.file(name, "/nginx.conf"))
        assert upstream == ("storefront-php:9000" if apart else "127.0.0.1:9000"), tier
        assert pool["listen"] == ("9000" if apart else "127.0.0.1:9000")
        assert pool["pm.status_listen"] == "127.0.0.1:9001"
        assert (pool["pm.status_path"], pool["ping.path"]) == ("/status", "/ping")
        assert "fastcgi_pass php;" in shop.file(name, "/php.conf")


@every_shop
def test_servers_listen_where_services_and_probes_come_to(shop):
    for name, _, config in tiers(shop):
        if shop.topology == "apache":
            assert set(re.findall(r"^Listen (\d+)$", config, re.MULTILINE)) == {"8080", "8081"}
            [probed] = config.split("<VirtualHost *:8081>")[1:]
            assert "RewriteRule ^/live$ - [R=204,L]" in probed.partition("</VirtualHost>")[0]
            continue
        for server in servers(config):
            private = server is private_server(config) or "listen 8081;" in server
            assert private or "listen 8080" in server, name
        # Nothing of the shop, and nothing of PHP's state, is asked by what is not a probe.
        assert "location / {\n      return 404;" in private_server(config)
        assert "location = /live {\n      return 200" in private_server(config)


@every_shop
def test_the_code_is_where_the_settings_say(shop):
    root = {"pub/default": "/var/www/html/pub/default", ".": "/var/www/html"}
    wanted = root[shop.settings.web.document_root]
    for _, _, config in tiers(shop):
        if shop.topology == "apache":
            found = one(r"DocumentRoot (\S+)$", config.split("<VirtualHost *:8080>")[-1])
        else:
            found = one(r"^    root (\S+);$", config)
        assert found == wanted


@every_shop
def test_only_the_listed_networks_reach_phpmyadmin(shop):
    chosen = shop.settings.phpmyadmin
    for name, _, config in tiers(shop):
        if name == "storefront" or chosen.host is None or shop.topology == "apache":
            assert "phpmyadmin" not in config.lower() or name == "admin"
            continue
        [server] = [each for each in servers(config) if f"server_name {chosen.host};" in each]
        assert re.findall(r"^    allow (\S+);$", server, re.MULTILINE) == list(chosen.allow)
        assert "\n    deny all;\n" in server
        assert "proxy_pass http://phpmyadmin;" in server
        assert ("return 301 https://" in server) == shop.settings.secure
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in server
    if "phpmyadmin" in shop.pods:
        variables = {
            e["name"]: e["value"] for e in shop.container("phpmyadmin", "phpmyadmin")["env"]
        }
        external = shop.settings.database.mode == "external"
        assert variables["PMA_HOST"] == (shop.settings.database.host if external else "database")
        assert variables["PMA_PORT"] == "3306"
        # A login session is known to one pod only.
        assert shop.of("Deployment")["phpmyadmin"]["replicas"] == 1


@every_shop
def test_varnish_knows_its_backend_and_fits_into_its_memory(shop):
    if "frontend-cache" not in shop.pods:
        return
    front = shop.settings.frontend_cache
    words = shop.container("frontend-cache", "varnish")["command"]
    text, vcl = " ".join(words), shop.file("frontend-cache", "default.vcl")
    listen = "127.0.0.1:8000" if front.terminator else ":8080"
    assert f"-a http={listen},HTTP" in text
    assert "-a private=:8082,HTTP" in text
    size, limit = int(one(r"-s malloc,(\d+)", text)), number(front.resources.limits.memory)
    assert 0.25 * limit <= size <= 0.5 * limit
    backend = vcl.partition("backend storefront {")[2].partition("\n}")[0]
    assert '.host = "storefront";' in backend
    assert '.port = "80";' in backend
    assert '"GET /openmage-health HTTP/1.1"' in backend
    assert ".expected_response = 204;" in backend
    for _, _, config in tiers(shop):
        assert "/openmage-health" in config
        assert "return 204;" in config or "^/openmage-health$ - [R=204,L]" in config
    grace = set(re.findall(r"set beresp\.grace = (\d+)s;", vcl)) - {"0"}
    assert grace == {str(front.grace_seconds)}
    access = shop.settings.access.shop
    # Who may come in is asked by the web pods: nothing is served in their place.
    assert ("return (hash);" in vcl) != bool(access.allow or access.basic_auth)
    assert ("sub page_response {" in vcl) == front.html
    idle = int(one(r"timeout_idle=(\d+)", text))
    assert idle > 75
    if shop.topology == "apache":
        assert int(one(r"backend_idle_timeout=(\d+)", text)) < 2


@every_shop
def test_the_shop_tells_every_pod_of_the_frontend_cache_what_has_changed(shop):
    xml = shop.file("admin", "/local.xml")
    if "frontend-cache" not in shop.pods:
        assert "<purge>" not in xml
        return
    assert "<purge>frontend-cache-pods:8082</purge>" in xml
    assert ("<application_clean_cache>" in xml) == shop.settings.frontend_cache.html
    vcl = shop.file("frontend-cache", "default.vcl")
    assert 'if (local.socket == "private") {\n    call private_port;' in vcl
    # Only from inside: no edge leads to that port.
    assert vcl.count("std.ban(") == 1


@every_shop
def test_media_is_one_volume_that_nginx_only_reads(shop):
    for name, pod in shop.pods.items():
        for container in containers(pod):
            mounts = {m["mountPath"]: m for m in container["volumeMounts"]}
            if container["name"] == "nginx" and name in {"storefront", "admin"}:
                assert mounts["/var/www/html/media"] == {
                    "name": "media",
                    "mountPath": "/var/www/html/media",
                    "readOnly": True,
                }


@every_shop
def test_a_page_is_compressed_kept_and_sent_on_a_connection_that_lasts(shop):
    for name, _, config in tiers(shop):
        if shop.topology == "apache":
            assert "AddOutputFilterByType DEFLATE text/html" in config
            assert re.findall(r'ExpiresDefault "access plus (\d+) days"', config) == ["30", "7"]
            # What is there is served from where it is, and is asked for before OpenMage is.
            assert "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} -f\n  RewriteRule ^ - [L]" in config
            continue
        server = shop_server(config)
        assert "\n  gzip on;\n" in config
        for kind in ("text/css", "application/javascript", "application/json"):
            assert kind in one(r"gzip_types (.*);", config)
        assert re.findall(r"expires (\w+);", server) == ["30d", "7d"]
        # The edge reuses connections for a minute: none is closed under a request.
        assert int(one(r"keepalive_timeout (\d+)s;", config)) > 60
        # The pod's port is no part of any address.
        assert "absolute_redirect off;" in server
        # A page's header has cookies of every store, and no room is an error page.
        buffer = one(r"fastcgi_buffer_size (\w+);", shop.file(name, "/php.conf"))
        assert number(buffer) >= 16e3
        assert "try_files $uri @openmage;" in server


@every_shop
def test_no_server_says_back_what_it_was_asked(shop):
    for _, _, config in tiers(shop):
        if shop.topology == "apache":
            assert "\nTraceEnable Off\n" in config
        pattern = one(r"(?:if \(\$request_method ~|%\{REQUEST_METHOD\}) (\^\(TRACE\S*\$)", config)
        assert all(re.search(pattern, method) for method in ("TRACE", "TRACK"))
        assert not re.search(pattern, "GET")


@every_shop
def test_a_load_balancer_that_hides_its_clients_is_not_held_up(shop):
    private = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
    for _, _, config in tiers(shop):
        if shop.topology == "apache":
            assert all(f"-R '{cidr}'" in config for cidr in private)
        else:
            counted = one(r"geo \$counted \{\n((?:.*\n)+?)  \}", config)
            table = dict(re.findall(r"^    (\S+) (\d);$", counted, re.MULTILINE))
            assert table.pop("default") == "1"
            assert set(table.values()) == {"0"}
            assert table.keys() >= set(private)


PERSONAL = (
    *("/checkout/cart/", "/customer/account/", "/index.php/checkout/onepage/", "/wishlist/"),
    *("/de/customer/account/login?x=1", "/sales/order/history/", "/api/soap", "/get.php"),
    *("/paypal/express/start", "/Checkout/cart", "/newsletter/manage/", "/giftmessage/x"),
)


@every_shop
def test_varnish_keeps_nobodys_own_pages_and_mixes_no_answers(shop):
    if "frontend-cache" not in shop.pods:
        return
    front, vcl = shop.settings.frontend_cache, shop.file("frontend-cache", "default.vcl")
    if front.html:
        private = one(r'req\.url !~ "([^"]+)" && req\.http\.Cookie', vcl)
        admin = f"/{shop.settings.admin.path}/dashboard"
        assert [path for path in (*PERSONAL, admin) if not re.search(private, path)] == []
        assert not re.search(private, "/a-checkout-bag.html")
        assert "!beresp.http.Set-Cookie" in vcl
        assert 'beresp.http.Cache-Control ~ "(?i)\\bpublic\\b"' in vcl
    static = vcl.partition("sub static_response {")[2].partition("\n}")[0]
    assert "unset beresp.http.Set-Cookie;" in static
    hashed = vcl.partition("sub vcl_hash {")[2].partition("\nsub ")[0]
    for part in ("X-Cache-Url", "Host"):
        assert f"hash_data(req.http.{part});" in hashed
    secure = hashed.partition('X-Forwarded-Proto == "https"')[2]
    assert secure.index('hash_data("https")') < secure.index('hash_data("http")')
    if "return (hash);" in vcl:
        assert "req.http.Authorization" in vcl
        noise = one(r'regsuball\(req\.http\.X-Cache-Url, "([^"]+)"', vcl)
        for parameter in ("utm_source", "gclid", "fbclid", "msclkid"):
            assert re.search(noise, f"/a.html?{parameter}=x"), parameter
        for parameter in ("p", "q", "id", "limit", "___store"):
            assert not re.search(noise, f"/a.html?{parameter}=x"), parameter


@every_shop
def test_a_terminator_speaks_safe_tls_and_to_known_hosts_only(shop):
    if not getattr(shop.settings.frontend_cache, "terminator", False):
        return
    config = shop.file("frontend-cache", "nginx.conf")
    assert set(one(r"ssl_protocols (.*);", config).split()) == {"TLSv1.2", "TLSv1.3"}
    assert one(r"ssl_ciphers (.*);", config).startswith("ECDHE")
    default = [each for each in servers(config) if "default_server;" in each]
    assert len(default) == 2
    assert [("return 404;" in each, "ssl_reject_handshake on;" in each) for each in default] == [
        (True, False),
        (False, True),
    ]


@every_shop
def test_mail_goes_to_its_server_by_tls_and_as_the_sender_of_the_settings(shop):
    mail = shop.settings.mail
    for name in shop.code:
        ini = shop.file(name, "zz-openmage.ini")
        if mail.mode == "none":
            # PHP is told at once, and the log says why.
            assert "; false" in one(r'^sendmail_path = "(.*)"$', ini)
            continue
        assert one(r'^sendmail_path = "(.*)"$', ini) == "/usr/bin/msmtp -C /etc/openmage/msmtprc -t"
        lines = shop.file(name, "/msmtprc").splitlines()
        account = dict(line.split(" ", 1) for line in lines)
        assert (account["host"], account["port"]) == (mail.host, str(mail.smtp_port))
        assert account["from"] == mail.sender
        assert account.get("tls", "off") == ("off" if mail.tls == "none" else "on")
        assert account.get("auth", "off") == ("on" if mail.username else "off")
        if mail.username:
            given = shop.stack_file.config["openmage:mailPassword"]
            assert shop.file(name, "/mail-password") == given
