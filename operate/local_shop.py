"""A local shop with `docker compose`."""

import http
import http.client
import shutil
import tarfile
import time
from pathlib import Path

from offline import StackFile
from operate import docker, images
from operate.compose import (
    ADMIN_HOST,
    ADMIN_PORT,
    FOLDER,
    MAIL_PORT,
    PASSWORDS,
    SHOP_HOST,
    SHOP_PORT,
    local_settings,
    passwords,
    render,
)
from operate.engine import NotPossibleError

_FILE = images.FOLDER / "compose.yaml"
_COMPOSE = ("docker", "compose", "--file", str(_FILE))
_PATIENCE = 120
"""Timeout in seconds for the web servers, after the release has finished."""


def up(stack_file: StackFile, sample_data: Path | None) -> None:
    """Start the shop; the first start installs it."""
    docker.demand()
    names = images.pair(stack_file.shop)
    if missing := [name for name in names.values() if not docker.has_image(name)]:
        stack = "" if names == images.pair({}) else f" STACK={stack_file.stack}"
        message = f"no image {', '.join(missing)}: run `make images{stack}` first"
        raise NotPossibleError(message)
    render(stack_file)
    if sample_data is not None:
        take_sample_data(sample_data, FOLDER / "sample-data")
    chosen = {f"OPENMAGE_{target.upper()}_IMAGE": name for target, name in names.items()}
    docker.succeed([*_COMPOSE, "up", "--detach", "--remove-orphans"], chosen)
    _wait(SHOP_PORT, SHOP_HOST)
    admin = local_settings(stack_file.shop).get("admin", {})
    path, user = admin.get("path", "backoffice"), admin.get("username", "shopadmin")
    print(f"\nshop   http://{SHOP_HOST}:{SHOP_PORT}/")
    print(f"admin  http://{ADMIN_HOST}:{ADMIN_PORT}/{path}/")
    print(f"user   {user}; `make compose-password` shows the password")
    print(f"mail   http://localhost:{MAIL_PORT}/")


def down(*, wipe: bool) -> None:
    """Stop the shop; its data is kept unless `wipe` is set."""
    docker.demand()
    docker.succeed([*_COMPOSE, "down", "--remove-orphans", *(["--volumes"] if wipe else [])])
    if wipe:
        # Without the data the passwords are no longer needed.
        PASSWORDS.unlink(missing_ok=True)
        shutil.rmtree(FOLDER, ignore_errors=True)
    else:
        print("The data is still there; `make compose-down WIPE=1` removes it.")


def show_password() -> None:
    """Print the first administrator's initial password."""
    print(passwords()["adminPassword"])


def take_sample_data(source: Path, target: Path) -> None:
    """Prepare sample data from a folder or an archive: *.sql and a folder media."""
    if not source.exists():
        message = f"{source} does not exist: give an archive or a folder with *.sql and media/"
        raise NotPossibleError(message)
    shutil.rmtree(target, ignore_errors=True)
    folder = source
    if source.is_file():
        folder = target / "unpacked"
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
    dumps = sorted(path for path in folder.rglob("*.sql") if path.is_file())
    if not dumps:
        message = f"{source} does not contain sample data: there is no *.sql in it"
        raise NotPossibleError(message)
    media = next((path for path in sorted(folder.rglob("media")) if path.is_dir()), None)
    (target / "database").mkdir(parents=True)
    for dump in dumps:
        shutil.copy(dump, target / "database" / dump.name)
    if media is None:
        (target / "media").mkdir()
    else:
        shutil.copytree(media, target / "media")
    shutil.rmtree(target / "unpacked", ignore_errors=True)


def _wait(port: int, host: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/", headers={"Host": host})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass  # nginx starts last
        finally:
            connection.close()
        if time.monotonic() > deadline:
            message = (
                f"the shop does not respond on port {port}: `{' '.join(_COMPOSE)} logs` says why"
            )
            raise NotPossibleError(message)
        time.sleep(1)
