"""Everything that listens for others does so on both families, and starts where there is one."""

import os
import shutil
import subprocess
import time
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from components.frontend_cache.varnish import varnishd
from components.kit.containers import nginx_command
from shop.constants import FRONTEND_CACHE_FILES
from shop.frontend_cache import terminator_config
from shop.phpmyadmin import phpmyadmin_apache
from shop.render import fpm_pool, mysqld_config, valkey_config
from stackfile.networks import EVERYWHERE, INSIDE, private_in
from stackfile.types import network
from tests.harness import DEV, deploy, spec, validated
from tests.unit.frontend.test_terminator import certificate
from tests.web_servers import settings, site_of
from tests.web_site import fpm_program

TMP = "/tmp"  # noqa: S108 (the pod's own volume)
NO_IPV6 = "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; "
VCL = 'vcl 4.1; backend default { .host = "127.0.0.1"; .port = "1"; }'
SERVER = shutil.which("valkey-server") or shutil.which("redis-server") or ""
FPM = fpm_program() or "php-fpm"


def nginx(folder, text):
    """Return the command of a pod with this nginx.conf, its folders moved."""
    if os.geteuid() == 0:
        text = f"user root;\n{text}"
    (folder / "nginx.conf").write_text(text)
    return [
        word.replace(TMP, f"{folder}{TMP}").replace("@", str(folder)) for word in nginx_command("@")
    ]


def shop(folder, kind):
    """Return the files of a storefront, with the ports of a pod."""
    site = site_of(kind, settings(kind), "storefront", {})
    for port, name in (("8080", site.port), ("8081", site.private)):
        for file in (site.folder / "etc").glob("*.conf"):
            text = file.read_text().replace(f"127.0.0.1:{name}", port)
            file.write_text(text.replace(f"Host {port}", f"Host *:{port}"))
    shutil.copytree(site.folder, folder, dirs_exist_ok=True)
    text = (site.folder / "etc" / ("apache.conf" if kind == "apache" else "nginx.conf")).read_text()
    site.remove()
    return text.replace(str(site.folder), str(folder))


def run_storefront(folder):
    return nginx(folder, shop(folder, "nginx"))


def run_terminator(folder):
    certificate(folder / "tls", 1)
    text = terminator_config(
        {"shop_hosts": ["a.test"], "admin_hosts": ["b.test"], "admin": "127.0.0.1", "timeout": 9}
    )
    text = text.replace("/etc/openmage/tls", f"{folder}/tls").replace(TMP, f"{folder}{TMP}")
    return nginx(folder, text)


def run_apache(folder):
    (folder / "apache.conf").write_text(
        shop(folder, "apache").replace("VirtualHost 80", "VirtualHost *:80")
    )
    return ["apache2", "-f", f"{folder}/apache.conf", "-D", "FOREGROUND"]


def run_phpmyadmin(folder):
    text = phpmyadmin_apache(2**27).replace(TMP, f"{folder}{TMP}")
    (folder / "apache.conf").write_text(text.replace("/usr/share/phpmyadmin", str(folder)))
    return ["apache2", "-f", f"{folder}/apache.conf", "-D", "FOREGROUND"]


def run_fpm(folder):
    user = "user = nobody\n" if os.geteuid() == 0 else ""
    (folder / "pool.conf").write_text(
        fpm_pool(1, 9, network=True).replace("[www]\n", f"[www]\n{user}")
    )
    return [FPM, "-F", "-y", f"{folder}/pool.conf"]


def run_valkey(folder):
    text = valkey_config("secret", 2**23, "noeviction", persistent=False)
    (folder / "valkey.conf").write_text(text.replace("dir /data", f"dir {folder}"))
    return [SERVER, f"{folder}/valkey.conf"]


def run_mariadb(folder):
    (folder / "my.cnf").write_text(mysqld_config(2**26, 20, {}))
    common = [f"--defaults-file={folder}/my.cnf", f"--datadir={folder}/data"]
    user = ["--user=root"] if os.geteuid() == 0 else []
    made = ["mariadb-install-db", *common, *user, "--auth-root-authentication-method=normal"]
    subprocess.run(made, check=True, capture_output=True)
    return ["mariadbd", *common, *user, f"--socket={folder}/s", f"--pid-file={folder}/pid"]


def run_varnish(folder):
    (folder / "default.vcl").write_text(VCL)
    words = " ".join(varnishd(2**26, terminator=False))
    words = words.replace(FRONTEND_CACHE_FILES, str(folder)).replace(
        "/var/lib/varnish", str(folder)
    )
    program, *rest = [w for w in words.split() if w != "-I" and not w.endswith("start.cli")]
    # As root it would become a user that cannot read this folder; in the pod it is no root.
    return [program, "-j", "none", *rest]


PROGRAMS = {
    "nginx": (run_storefront, "nginx", {8080, 8081}),
    "terminator": (run_terminator, "nginx", {8080, 8081, 8443}),
    "apache": (run_apache, "apache2", {8080, 8081}),
    "phpmyadmin": (run_phpmyadmin, "apache2", {8080}),
    "php-fpm": (run_fpm, FPM, {9000}),
    "valkey": (run_valkey, SERVER, {6379}),
    "mariadb": (run_mariadb, "mariadbd", {3306}),
    "varnish": (run_varnish, "varnishd", {8080, 8082}),
}


def listening(process, file):
    """Return the ports that wildcard sockets of a process's network listen on, for one family."""
    found = set()
    for line in Path(f"/proc/{process.pid}/net/{file}").read_text().splitlines()[1:]:
        address, _, port = line.split()[1].partition(":")
        if line.split()[3] == "0A" and set(address) == {"0"}:
            found.add(int(port, 16))
    return found


def both_families(process):
    """Return the ports reached by IPv4 and by IPv6, both tried on the loopback."""
    inside = ["nsenter", "--net", "--target", str(process.pid)]
    script = (
        "import socket, sys\n"
        "for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):\n"
        "    for port in map(int, sys.argv[1:]):\n"
        "        with socket.socket(family) as s:\n"
        "            print(host, port, s.connect_ex((host, port)))\n"
    )
    return inside, script


@pytest.mark.parametrize("ipv6", [True, False], ids=["both", "ipv4-only"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_server_listens_on_the_families_that_there_are(name, ipv6, tmp_path):
    prepare, program, ports = PROGRAMS[name]
    if not shutil.which(program):
        pytest.skip(f"not installed: {name}")
    alone = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace of its own")
    (tmp_path / "tmp").mkdir(exist_ok=True)
    for folder in (tmp_path, *tmp_path.parents[:1]):
        folder.chmod(0o755)
    words = prepare(tmp_path)
    setup = f'{"" if ipv6 else NO_IPV6}ip link set lo up; exec "$@"'
    with (tmp_path / "log").open("w") as log:
        # In a group of its own: Apache ends with a signal to all of its group.
        process = subprocess.Popen(
            [*alone, "sh", "-c", setup, "sh", *words],
            stdout=log,
            stderr=log,
            cwd=tmp_path,
            start_new_session=True,
        )
    wanted = {(host, port) for host in ("127.0.0.1", *(["::1"] if ipv6 else [])) for port in ports}
    inside, script = both_families(process)
    try:
        deadline = time.monotonic() + 20
        while True:
            asked = ["python3", "-c", script, *map(str, ports)]
            told = subprocess.run([*inside, *asked], capture_output=True, text=True, check=False)
            lines = [line.split() for line in told.stdout.splitlines()]
            reached = {(host, int(port)) for host, port, error in lines if error == "0"}
            if reached == wanted or time.monotonic() > deadline or process.poll() is not None:
                break
            time.sleep(0.1)
        assert reached == wanted, (tmp_path / "log").read_text()
        if not ipv6 and program == "nginx":
            # Where the kernel has no IPv6 at all, such a socket would end nginx.
            assert listening(process, "tcp6") == set()
    finally:
        process.terminate()
        process.wait(20)


PRIVATE = ("10.1.2.3", "100.64.1.1", "169.254.169.254", "198.19.0.1", "240.0.0.1", "fd00::1")
NAT64 = ("64:ff9b::10.1.2.3", "64:ff9b::169.254.169.254", "64:ff9b::192.168.1.1")


@pytest.mark.parametrize("cidr", EVERYWHERE)
def test_everywhere_is_without_what_is_private(cidr):
    without = [ip_network(each) for each in private_in(network(cidr))]
    for address in map(ip_address, (*PRIVATE, *NAT64)):
        if address.version == network(cidr).version:
            assert any(address in each for each in without), address
    # IPv4 addresses of the internet are reached through NAT64 where there is IPv6 only.
    for address in map(ip_address, ("203.0.113.7", "2001:db8::7", "64:ff9b::203.0.113.7")):
        assert not any(address in each for each in without), address


def test_a_private_network_is_not_without_itself():
    assert private_in(network("10.0.0.0/8")) == private_in(network("fc00::/7")) == []


def test_the_shop_reaches_https_on_both_families():
    rules = spec(deploy().one("NetworkPolicy", "tenant-outbound"))["egress"]
    blocks = [(rule["to"][0]["ipBlock"], rule["ports"]) for rule in rules]
    assert [block["cidr"] for block, _ in blocks] == list(EVERYWHERE)
    assert all(ports == [{"protocol": "TCP", "port": 443}] for _, ports in blocks)


def test_proxies_are_trusted_wherever_pods_may_be():
    trusted = validated(DEV.shop).edge.trusted_proxies
    assert trusted == INSIDE
    assert {"100.64.0.0/10", "fc00::/7"} <= set(trusted)
