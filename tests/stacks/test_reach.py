"""Every shop: the matrix of who reaches whom on which port, whole: one too many fails as well."""

from ipaddress import ip_network

from offline.reach import reach, text
from tests.shops import every_shop

DNS = ("53", "53/udp")
HTTP, HTTPS, FPM, PURGE, SOLVER = "8080", "8443", "9000", "8082", "8089"
SQL, VALKEY, AGENT = "3306", "6379", "5555"
PRIVATE = ["private networks", "metadata service", "node", "API server", "DNS on the node"]


def private(cidr):
    """Return whether a network is not on the internet; documentation networks are samples of it."""
    return ip_network(cidr).is_private and not cidr.startswith(
        ("192.0.2.", "198.51.100.", "203.0.113.")
    )


class Expected:
    """What a shop's settings make of the matrix."""

    def __init__(self, shop):
        """Start with names, which every pod asks for."""
        self._shop, self._settings, self._reach = shop, shop.settings, reach(shop.graph)
        self.pods, self.code = set(self._reach.pods), set(shop.code)
        self.found: dict[tuple[str, str], set[str]] = {}
        strangers = [name for name in self._reach.others if name.startswith("pods in ")]
        for pod in self.pods:
            for end in (*PRIVATE, *strangers, "stranger", "another shop"):
                self.allow([pod], end, *DNS)
            self.allow([pod], "cluster DNS", *DNS, "8053", "8053/udp")
            for cidr in self._networks():
                if private(cidr):
                    self.allow([pod], cidr, *DNS)
        self._stores()
        self._ways_in()
        self._outside()

    def allow(self, sources, end, *ports):
        """Expect that these are open."""
        for source in sources:
            self.found.setdefault((source, end), set()).update(map(str, ports))

    def _networks(self):
        return [name for name in self._reach.others if "/" in name]

    def _stores(self):
        clients = {*self.code, *({"phpmyadmin", "database copy"} & self.pods)}
        galera = ("4444", "4567", "4568") if self._settings.database.mode == "galera" else ()
        if "database" in self.pods:
            self.allow(clients, "database", SQL)
        if "database servers" in self.pods:
            servers, space = "database servers", self._settings.database.operator_namespace
            self.allow(clients, servers, SQL)
            self.allow([servers], servers, SQL, *galera)
            self.allow([f"pods in {space}"], servers, SQL, AGENT)
        for store in {"cache", "cache-sessions"} & self.pods:
            self.allow(self.code, store, VALKEY)
        if self._shop.topology == "split":
            self.allow(["storefront"], "storefront-php", FPM)
        if "frontend-cache" in self.pods:
            self.allow(self.code, "frontend-cache", PURGE)
            tiers = ["storefront", *(["admin"] if self._terminator else [])]
            for tier in tiers:
                self.allow(["frontend-cache"], tier, HTTP)
        if "phpmyadmin" in self.pods and self._settings.phpmyadmin.host is not None:
            self.allow(["admin"], "phpmyadmin", HTTP)

    @property
    def _terminator(self):
        return getattr(self._settings.frontend_cache, "terminator", None)

    def _ways_in(self):
        cached = "frontend-cache" in self.pods and not self._terminator
        doors = {"frontend-cache" if cached else "storefront", "admin"}
        edge = self._settings.edge
        endpoints = {*self.pods, *self._reach.others}
        for way in filter(None, (edge, edge.moving_from)):
            if way.kind == "load-balancer":
                visitors = way.source_ranges or endpoints - self.pods
                self.allow(visitors, "frontend-cache", HTTP, HTTPS)
                continue
            controllers = [f"pods in {way.controller_namespace}"]
            controllers += ["cluster DNS"] if way.controller_namespace == "kube-system" else []
            for door in doors:
                self.allow(controllers, door, HTTP)
            if way.kind == "none" and self._terminator:
                self.allow(controllers, "frontend-cache", HTTP, HTTPS)
            self._solves(controllers)
        if "gateway" in self.pods:
            self.allow(self.pods, "gateway", *DNS)
            ports = {f"{n}/udp" if p == "UDP" else str(n) for p, n in self._reach.ports}
            self.allow(endpoints - self.pods, "gateway", *ports)
            for end in endpoints:
                if self._is_of_controller(end):
                    self.allow(["gateway"], end, *ports)
            for door in doors:
                self.allow(["gateway"], door, HTTP)
            self._solves(["gateway"])

    def _solves(self, controllers):
        if "certificate solver" in self.pods:
            self.allow(controllers, "certificate solver", SOLVER)

    def _is_of_controller(self, end):
        edge = self._settings.edge
        own = [w for w in (edge, edge.moving_from) if getattr(w, "parent", None) is not None]
        return end in {f"pods in {way.controller_namespace}" for way in own}

    def _servers(self):
        """Return clients, network and ports of all that is outside."""
        settings = self._settings
        servers = [(self.code, rule.cidr, rule.ports) for rule in settings.network.egress]
        if settings.database.mode == "external":
            clients = {*self.code, *({"phpmyadmin"} & self.pods)}
            servers += [(clients, c, settings.database.ports) for c in settings.database.cidrs]
        for store in (settings.cache.sessions, settings.cache.cache):
            if store.mode != "own":
                servers += [(self.code, cidr, store.ports) for cidr in store.cidrs]
        if settings.mail.mode == "smtp":
            ports = [settings.mail.smtp_port]
            servers += [(self.code, cidr, ports) for cidr in settings.mail.cidrs]
        if "database servers" in self.pods:
            cidrs = settings.database.api_server_cidrs
            servers += [({"database servers"}, cidr, (443, 6443)) for cidr in cidrs]
        return servers

    def _outside(self):
        for clients, cidr, ports in self._servers():
            network = ip_network(cidr)
            if network.prefixlen == 0:
                self.allow(clients, "internet", *ports)
            for other in self._networks():
                inside = ip_network(other)[0] in network
                if inside and (network.prefixlen or not private(other)):
                    self.allow(clients, other, *ports)


@every_shop
def test_the_matrix_is_what_the_settings_make_of_it(shop):
    expected = {pair: ports for pair, ports in Expected(shop).found.items() if ports}
    matrix = reach(shop.graph).matrix()
    found = {(s, e): set(ports) for s, ends in matrix.items() for e, ports in ends.items()}
    missing = {pair: ports - found.get(pair, set()) for pair, ports in expected.items()}
    extra = {pair: ports - expected.get(pair, set()) for pair, ports in found.items()}
    assert {pair: ports for pair, ports in missing.items() if ports} == {}
    assert {pair: ports for pair, ports in extra.items() if ports} == {}


@every_shop
def test_the_matrix_is_printed_with_every_endpoint(shop):
    printed = text(reach(shop.graph))
    assert "every pod of the shop\n" in printed
    for name in shop.code:
        assert f"\n  {name}\n" in printed
