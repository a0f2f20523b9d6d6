"""Every shop: who may talk to whom, and no other traffic; Services lead to what listens."""

from ipaddress import ip_address, ip_network
from itertools import product

from tests.harness import containers
from tests.shops import every_shop

PUBLIC, HTTPS, FPM, PURGE, SOLVER = 8080, 8443, 9000, 8082, 8089
SQL, VALKEY, AGENT, GALERA = 3306, 6379, 5555, (4444, 4567, 4568)
PRIVATE = [
    *("10.1.2.3", "100.64.1.1", "169.254.169.254", "172.16.5.5", "172.31.255.1", "192.168.7.7"),
    *("fd00::17", "fe80::1"),
]
"""Addresses inside of data centres; cloud metadata among them."""
SERVERS = {"app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": "database"}
"""What the operator labels its servers with."""


def members(shop):
    """Return labels and ports of every pod in the namespace, also of those that others start."""
    found = {}
    for name, pod in shop.pods.items():
        ports = {p["containerPort"] for c in containers(pod) for p in c.get("ports", [])}
        found[name] = (pod["metadata"]["labels"], ports)
    if "storefront" in shop.pods and shop.topology != "split":
        # php-fpm listens inside of the pod only.
        assert FPM not in found["storefront"][1]
    if shop.of("MariaDB"):
        found["servers"] = (SERVERS, {SQL, AGENT, *GALERA})
        for plan in shop.of("PhysicalBackup").values():
            found["copy"] = (plan["podMetadata"]["labels"], set())
    if shop.of("Issuer"):
        found["solver"] = ({"acme.cert-manager.io/http01-solver": "true"}, {SOLVER})
    for name in shop.of("Gateway"):
        found["gateway"] = ({"gateway.networking.k8s.io/gateway-name": name}, {80, 443})
    return found


def selects(selector, labels):
    assert set(selector) <= {"matchLabels"}
    return selector.get("matchLabels", {}).items() <= labels.items()


def rules(shop, name, direction):
    """Yield peers and ports of all that a pod is allowed in one direction."""
    labels, _ = members(shop)[name]
    key = {"Ingress": ("ingress", "from"), "Egress": ("egress", "to")}[direction]
    for policy in shop.of("NetworkPolicy").values():
        if direction in policy["policyTypes"] and selects(policy["podSelector"], labels):
            for rule in policy.get(key[0], []):
                yield rule.get(key[1]), rule.get("ports")


def opened(shop, name, direction, port, peer):
    """Return whether a rule lets this peer, as a function knows it, use this port."""
    for peers, ports in rules(shop, name, direction):
        numbers = None if ports is None else {p["port"] for p in ports if p["protocol"] == "TCP"}
        if numbers is not None and port not in numbers:
            continue
        if peers is None or any(peer(each) for each in peers):
            return True
    return False


def pod_with(labels):
    return lambda each: set(each) == {"podSelector"} and selects(each["podSelector"], labels)


def ends(shop, direction):
    """Return (client, server, port) of all that one end of a connection allows."""
    pods, found = members(shop), set()
    for client, server in product(pods, pods):
        inward = direction == "Ingress"
        here, there = (server, client) if inward else (client, server)
        for port in pods[server][1]:
            if opened(shop, here, direction, port, pod_with(pods[there][0])):
                found.add((client, server, port))
    return found


def wanted(shop):
    """Return what the pods of a shop have to do with one another."""
    pods, code = members(shop), set(shop.code)
    found = set()
    sql = {*code, *({"phpmyadmin", "copy"} & set(pods))}
    for server in {"database", "servers"} & set(pods):
        found |= {(client, server, SQL) for client in sql}
    for store in {"cache", "cache-sessions"} & set(pods):
        found |= {(client, store, VALKEY) for client in code}
    if "servers" in pods:
        ports = (SQL, *GALERA) if shop.settings.database.mode == "galera" else (SQL,)
        found |= {("servers", "servers", port) for port in ports}
    if shop.topology == "split":
        found.add(("storefront", "storefront-php", FPM))
    if "frontend-cache" in pods:
        found |= {(client, "frontend-cache", PURGE) for client in code}
        found.add(("frontend-cache", "storefront", PUBLIC))
        if shop.settings.frontend_cache.terminator:
            found.add(("frontend-cache", "admin", PUBLIC))
    if shop.settings.phpmyadmin.host is not None:
        found.add(("admin", "phpmyadmin", PUBLIC))
    if "gateway" in pods:
        found |= {("gateway", server, PUBLIC) for server in doors(shop)}
        found |= {("gateway", "solver", SOLVER)} if "solver" in pods else set()
    return found


def ways(shop):
    """Return the ways in: the present one, and the former one during a move."""
    edge = shop.settings.edge
    return [way for way in (edge, edge.moving_from) if way is not None]


def doors(shop):
    """Return the pods that a controller leads visitors to."""
    front = shop.settings.frontend_cache
    cached = front.mode == "varnish" and not front.terminator
    return {"frontend-cache" if cached else "storefront", "admin"}


@every_shop
def test_pods_talk_to_those_they_need_and_to_no_others(shop):
    needed = wanted(shop)
    assert ends(shop, "Egress") == needed
    # Visitors come to a Gateway's own pods, wherever from.
    assert {each for each in ends(shop, "Ingress") if each[1] != "gateway"} == needed


@every_shop
def test_everything_is_closed_first(shop):
    policies = shop.of("NetworkPolicy")
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@every_shop
def test_every_policy_is_about_pods_that_there_are(shop):
    pods = [labels for labels, _ in members(shop).values()]
    # A Gateway's controller may answer for a certificate although this shop asks for none.
    pods.append({"acme.cert-manager.io/http01-solver": "true"})
    for name, policy in shop.of("NetworkPolicy").items():
        selectors = [policy["podSelector"]]
        for rule in [*policy.get("ingress", []), *policy.get("egress", [])]:
            peers = [*rule.get("from", []), *rule.get("to", [])]
            selectors += [p["podSelector"] for p in peers if set(p) == {"podSelector"}]
        for selector in selectors:
            assert any(selects(selector, labels) for labels in pods), (name, selector)


@every_shop
def test_every_pod_can_ask_for_names(shop):
    def resolver(peer):
        named = {"namespaceSelector", "podSelector"} == set(peer)
        return named and selects(peer["podSelector"], {"k8s-app": "kube-dns"})

    for name in members(shop):
        assert opened(shop, name, "Egress", 53, resolver), name
        protocols = {
            p["protocol"]
            for _, ports in rules(shop, name, "Egress")
            for p in ports or []
            if p["port"] == 53
        }
        assert protocols == {"UDP", "TCP"}, name


@every_shop
def test_for_names_no_port_is_open_but_those_of_dns(shop):
    policy = shop.of("NetworkPolicy")["dns"]
    assert policy["podSelector"] == {}
    for rule in policy["egress"]:
        addresses = any("ipBlock" in peer for peer in rule["to"])
        assert {p["port"] for p in rule["ports"]} <= ({53} if addresses else {53, 5353, 8053})
        assert {p["protocol"] for p in rule["ports"]} == {"UDP", "TCP"}


@every_shop
def test_only_those_who_serve_a_way_in_come_from_other_namespaces(shop):
    found = set()
    for name, (_, ports) in members(shop).items():
        for peers, numbers in rules(shop, name, "Ingress"):
            for peer in peers or []:
                if "namespaceSelector" in peer:
                    space = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                    found |= {(space, name, p["port"]) for p in numbers if p["port"] in ports}
    controlled = {w.controller_namespace for w in ways(shop) if hasattr(w, "controller_namespace")}
    expected = set()
    if controlled:
        expected |= {(space, door, PUBLIC) for space in controlled for door in doors(shop)}
    front, edge = shop.settings.frontend_cache, shop.settings.edge
    if getattr(front, "terminator", False) and edge.kind == "none":
        space = edge.controller_namespace
        expected |= {(space, "frontend-cache", port) for port in (PUBLIC, HTTPS)}
    if "servers" in members(shop):
        space = shop.settings.database.operator_namespace
        expected |= {(space, "servers", port) for port in (SQL, AGENT)}
    if "solver" in members(shop):
        expected |= {(space, "solver", SOLVER) for space in controlled}
    assert found == expected


@every_shop
def test_only_a_load_balancer_lets_addresses_in(shop):
    for name in members(shop):
        for peers, numbers in rules(shop, name, "Ingress"):
            if peers is None:
                # Visitors come to a Gateway's own pods, wherever from.
                assert name == "gateway"
                continue
            blocks = [peer["ipBlock"]["cidr"] for peer in peers if "ipBlock" in peer]
            if blocks:
                [balancer] = [way for way in ways(shop) if way.kind == "load-balancer"]
                assert name == "frontend-cache"
                anywhere = ("0.0.0.0/0", "::/0")
                assert blocks == list(balancer.source_ranges or anywhere)
                assert {each["port"] for each in numbers} == {PUBLIC, HTTPS}


def outside(shop):
    """Yield who may reach which network, without which parts, on which port."""
    for name in members(shop):
        for peers, numbers in rules(shop, name, "Egress"):
            for peer in peers:
                # Names are asked for by UDP as well; what is opened for them is a claim of its own.
                if "ipBlock" in peer and "UDP" not in {p["protocol"] for p in numbers}:
                    block = peer["ipBlock"]
                    network = ip_network(block["cidr"])
                    without = [ip_network(each) for each in block.get("except", [])]
                    for port in numbers:
                        yield name, network, without, port["port"]


@every_shop
def test_networks_outside_are_those_of_the_settings(shop):
    settings, code = shop.settings, set(shop.code)
    expected = {
        (name, str(ip_network(rule.cidr)), port)
        for rule in settings.network.egress
        for name in code
        for port in rule.ports
    }
    if settings.database.mode == "external":
        ports = {settings.database.port}
        ports |= {settings.database.read.port} if settings.database.read else set()
        clients = {*code, *({"phpmyadmin"} & set(shop.pods))}
        expected |= {
            (n, cidr, port) for cidr in settings.database.cidrs for n in clients for port in ports
        }
    for store in (settings.cache.sessions, settings.cache.cache):
        if store.mode != "own":
            ports = {store.port, *(each.port for each in getattr(store, "sentinels", ()))}
            expected |= {(n, cidr, port) for cidr in store.cidrs for n in code for port in ports}
    if settings.mail.mode == "smtp":
        expected |= {
            (n, cidr, settings.mail.smtp_port) for cidr in settings.mail.cidrs for n in code
        }
    if "servers" in members(shop):
        cidrs = settings.database.api_server_cidrs
        expected |= {("servers", cidr, port) for cidr in cidrs for port in (443, 6443)}
    found = {(n, str(net), port) for n, net, _, port in outside(shop)}
    assert found == expected


@every_shop
def test_private_networks_stay_closed_unless_they_are_named(shop):
    for name, network, without, port in outside(shop):
        for private in map(ip_address, PRIVATE):
            if private.version != network.version or private not in network:
                continue
            closed = any(private in each for each in without)
            # One that lies in a private network itself was named for what it is.
            assert closed or network.prefixlen >= 8, (name, network, private, port)


@every_shop
def test_public_addresses_are_reached_where_a_rule_is_for_everywhere(shop):
    for _, network, without, _ in outside(shop):
        if network.prefixlen == 0:
            sample = "203.0.113.7" if network.version == 4 else "2001:db8::7"
            assert not any(ip_address(sample) in each for each in without)


@every_shop
def test_services_lead_to_their_own_pods_and_to_ports_that_these_listen_on(shop):
    pods = members(shop)
    for name, service in shop.of("Service").items():
        [chosen] = [
            n for n, (labels, _) in pods.items() if service["selector"].items() <= labels.items()
        ]
        assert chosen == name.removesuffix("-pods") or service.get("type") == "LoadBalancer", name
        for port in service["ports"]:
            assert port["targetPort"] in pods[chosen][1], (name, port)
            # No door leads to probes and status.
            assert port["targetPort"] not in {8081, 9001}, name


@every_shop
def test_services_have_the_ports_that_others_know_them_by(shop):
    services = shop.of("Service")
    expected = {
        "storefront": {80: PUBLIC},
        "admin": {80: PUBLIC},
        "storefront-php": {FPM: FPM},
        "database": {SQL: SQL},
        "cache": {VALKEY: VALKEY},
        "cache-sessions": {VALKEY: VALKEY},
        "phpmyadmin": {80: PUBLIC},
        "frontend-cache": {80: PUBLIC},
        "frontend-cache-pods": {PURGE: PURGE},
    }
    if getattr(shop.settings.frontend_cache, "terminator", False):
        expected["frontend-cache"] = {80: PUBLIC, 443: HTTPS}
    for name, service in services.items():
        ports = {port["port"]: port["targetPort"] for port in service["ports"]}
        if service.get("type") == "LoadBalancer":
            assert ports == {80: PUBLIC, 443: HTTPS}
            assert service["externalTrafficPolicy"] == "Local"
        else:
            assert ports == expected[name], name
            assert service.get("type", "ClusterIP") == "ClusterIP", name
    # Each pod of the cache hears of a purge, and a store's client its one pod.
    headless = {name for name, service in services.items() if service.get("clusterIP") == "None"}
    assert headless == {"database", "cache", "cache-sessions", "frontend-cache-pods"} & set(
        services
    )
    if "frontend-cache-pods" in services:
        assert services["frontend-cache-pods"]["publishNotReadyAddresses"] is True


@every_shop
def test_the_namespace_has_as_many_doors_as_the_ways_in_need(shop):
    [quota] = shop.of("ResourceQuota").values()
    balancers = sum(s.get("type") == "LoadBalancer" for s in shop.of("Service").values())
    gateways = len(shop.of("Gateway"))
    assert int(quota["hard"]["services.loadbalancers"]) == balancers + gateways
    assert int(quota["hard"]["services.nodeports"]) >= 2 * (balancers + gateways)
    assert gateways + balancers or quota["hard"]["services.nodeports"] == "0"
