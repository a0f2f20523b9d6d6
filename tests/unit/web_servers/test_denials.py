"""What a visitor must never get, in either layout of the code, from either server."""

import pytest

from tests.web_servers import serving

FOLDERS = (
    *("app", "cypress", "dev", "docs", "docs_includes", "includes", "lib"),
    *("pkginfo", "report", "shell", "tests", "var", "vendor"),
)
FILES = (
    *("a.dist", "maintenance.flag", "maintenance.ip", "composer.lock", "README.md", "a.neon"),
    *("a.sample", "cron.sh", "mkdocs.yml", "a.yaml", "dump.sql", "a.phtml"),
    *("LICENSE.txt", "composer.json", "php.ini.sample", ".htaccess", ".env", ".git/config"),
    *("js/extjs/license.txt", "skin/package.json", "media/export.txt", "errors/a.json"),
    *("index.php~", "index.php.bak", "index.php.old", "local.xml.orig", "a.inc", "a.php.swp"),
)
DENIED = (
    *(f"/{folder}/secret" for folder in FOLDERS),
    *(f"/{folder}" for folder in FOLDERS),
    *(f"/{file}" for file in FILES),
    "/app/etc/local.xml",
    "/errors/local.xml",
    *(f"/media/{name}/secret" for name in ("customer", "custom_options", "downloadable", "import")),
    "/media/tmp/secret",
    *(f"/{folder}/evil.php" for folder in ("errors", "js", "media", "skin")),
    *("/media/evil.phar", "/media/evil.php7", "/skin/evil.pl", "/js/evil.py", "/errors/evil.cgi"),
    *("/cron.php", "/cron.sh", "/install.php", "/info.php", "/shell/indexer.php", "/index.php5"),
    *("/media/evil.php/x.jpg", "/info.php/x"),
    # The same by other names.
    *("/APP/etc/local.xml", "//app/etc/local.xml", "/./app/etc/local.xml", "/skin/../app/secret"),
    *("/%61pp/etc/local.xml", "/skin/%2e%2e/app/secret", "/app%2fetc/local.xml", "/Install.php"),
    *("/backoffice", "/backoffice/", "/index.php/backoffice/", "/BackOffice/", "//backoffice/x"),
    *("/index.php//backoffice/", "/%62ackoffice/", "/index.php/api/rest", "/api", "/api.php"),
    *("/api/rest/products", "/API.php", "/api/v2_soap"),
)


@pytest.fixture(scope="module", params=["pub/default", "."])
def layout(request):
    return request.param


@pytest.fixture(scope="module", params=["nginx", "apache"])
def site(request, layout):
    with serving(request.param, changes={"web": {"documentRoot": layout}}) as running:
        for path in DENIED:
            plant(running.root, path)
        yield running


def plant(root, path):
    """Put a file where the path leads, so that a denial that is missing gives it away."""
    file = root / path.lstrip("/")
    if ".." in path or "%" in path or path.endswith("/"):
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text("secret")
            file.chmod(0o644)
    except (FileExistsError, NotADirectoryError):
        return  # the folder of that name is a path of its own here


@pytest.mark.parametrize("path", DENIED)
def test_is_not_served(site, path):
    answer = site.ask(path)

    assert answer.status in {400, 403, 404}, answer.body
    assert "secret" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        *("/robots.txt", "/manifest.json", "/skin/css/styles.css", "/js/shop.js"),
        *("/errors/logo.svg", "/skin/manifest.json"),
    ],
)
def test_what_is_public_is_served_all_the_same(site, path):
    plant(site.root, path)

    assert site.ask(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/appliance.html",
        "/library",
        "/variety",
        "/apidocs",
        "/tests2",
        "/feed/hats.txt",
        "/x/y.json",
    ],
)
def test_a_page_with_such_a_beginning_is_the_shops(site, path):
    assert site.ask(path).php["script"] == "index.php"


@pytest.mark.parametrize("method", ["TRACE", "TRACK"])
def test_no_request_is_sent_back_to_its_sender(site, method):
    assert site.ask("/", method=method).status == 405
