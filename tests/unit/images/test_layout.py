"""What of a shop goes into which image."""

import shutil
import stat
import subprocess

import pytest

from tests.harness import ROOT

SHOP = ROOT / "tests/shop/code/var/www/html"
ADDED = {
    ".env": "secret",
    ".git/config": "history",
    ".openmage/nginx/server.conf": "# own",
    ".openmage/php/shop.ini": "; own",
    "app/etc/local.xml": "secret",
    "dev/tests.php": "",
    "install.php": "",
    "favicon.ico": "icon",
    "media/catalog/product/a.jpg": "a picture from a developer's machine",
    "media/customer/letter.txt": "private",
    "media/wysiwyg/logo.png": "logo",
    "node_modules/a.js": "",
    "robots.txt": "public",
    "skin/css/dump.sql": "secret",
    "skin/css/page.phtml": "code",
    "var/log/system.log": "secret",
    "vendor/autoload.php": "<?php",
}


@pytest.fixture(params=[".", "htdocs"])
def layout(request, tmp_path):
    root = tmp_path / "shop" / request.param
    shutil.copytree(SHOP, root, symlinks=True)
    for path, text in ADDED.items():
        # The project has these, OpenMage's folder the rest.
        outer = path.startswith((".openmage", "vendor"))
        file = (tmp_path / "shop" if outer else root) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o600)
    # As in OpenMage: it leads nowhere once the file is gone.
    (root / "pub/default/.htaccess").symlink_to("../../.htaccess")
    script = ROOT / "images/steps/layout.sh"
    out = tmp_path / "layout"
    subprocess.run(
        ["sh", script, request.param, "errors js pub skin", out], cwd=tmp_path / "shop", check=True
    )
    return out


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_php_gets_the_code(layout):
    found = files(layout / "code")

    assert {"html/index.php", "html/app/Mage.php", "html/skin/css/styles.css"} <= found
    assert {"html/vendor/autoload.php", "vendor/autoload.php"} & found
    assert (layout / "code/html/app/etc/includes").is_dir()


def test_nginx_gets_static_files_only(layout):
    found = files(layout / "static")

    assert {"html/skin/css/styles.css", "html/js/shop.js", "html/robots.txt"} <= found
    assert {"html/favicon.ico", "html/pub/default/robots.txt"} <= found
    wrong = (".php", ".phtml", ".sql", ".xml", ".htaccess")
    assert [path for path in found if path.endswith(wrong)] == ["html/errors/design.xml"]


def test_the_links_of_the_document_root_lead_to_the_same_places(layout):
    for part in ("code", "static"):
        link = layout / part / "html/pub/default/skin"
        assert str(link.readlink()) == "../../skin"
        assert (link / "css/styles.css").is_file()


@pytest.mark.parametrize("part", ["code", "static", "writable"])
def test_no_image_gets_what_belongs_to_one_machine_or_to_developers(layout, part):
    found = files(layout / part)

    for name in (".env", ".git", ".openmage", "local.xml", "dev", "install.php", "node_modules"):
        assert [path for path in found if name in path.split("/")] == [], name
    assert not any("system.log" in path or "letter.txt" in path for path in found)
    assert not any("catalog/product" in path for path in found)


def test_media_and_var_are_apart_from_the_code(layout):
    assert files(layout / "writable") == {"media/wysiwyg/logo.png"}
    assert (layout / "writable/var").is_dir()
    assert not (layout / "code/html/media").exists()
    assert not (layout / "code/html/var").exists()


def test_the_shops_own_lines_are_handed_on(layout):
    assert files(layout / "own") == {"nginx/server.conf", "php/shop.ini"}
    assert (layout / "own/apache").is_dir()


def test_whoever_runs_the_image_can_read_all_of_it(layout):
    for path in layout.rglob("*"):
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o044 == 0o044, path
        assert mode & 0o022 == 0, path
