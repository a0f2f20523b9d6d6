"""Every shop: each host leads to its pods, by TLS where there is some, and with a certificate."""

from fnmatch import fnmatchcase

from tests.shops import every_shop


def hosts(shop):
    """Return every host with the Service that must answer it."""
    settings, front = shop.settings, shop.settings.frontend_cache
    cached = front.mode == "varnish" and not front.terminator
    shops = [*settings.hosts.shop]
    tree = shop.stack_file.shop["hosts"]
    for store in tree.get("stores", []):
        shops += [store["host"], *store.get("redirects", [])]
    found = dict.fromkeys(shops, "frontend-cache" if cached else "storefront")
    found[settings.hosts.admin] = "admin"
    if settings.phpmyadmin.host is not None:
        found[settings.phpmyadmin.host] = "admin"
    return found


def ways(shop):
    edge = shop.settings.edge
    return [way for way in (edge, edge.moving_from) if way is not None]


def routes(shop, *, redirecting):
    """Return the HTTPRoutes that lead to https, or those that lead to pods."""
    return {
        name: route
        for name, route in shop.of("HTTPRoute").items()
        if any("filters" in rule for rule in route["rules"]) == redirecting
    }


def secret_of(shop):
    """Return the name of the Secret with the certificate."""
    tls = shop.settings.edge.tls
    if tls.mode == "certificate":
        [secret] = [
            name
            for (kind, name), each in shop.objects.items()
            if kind == "Secret" and each["type"] == "kubernetes.io/tls"
        ]
        return secret
    return tls.secret_name


@every_shop
def test_an_ingress_leads_each_host_to_its_pods(shop):
    ingresses = shop.of("Ingress")
    assert len(ingresses) == sum(way.kind == "ingress" for way in ways(shop))
    for ingress in ingresses.values():
        [way] = [way for way in ways(shop) if way.kind == "ingress"]
        assert ingress["ingressClassName"] == way.class_name
        found = {}
        for rule in ingress["rules"]:
            [path] = rule["http"]["paths"]
            assert (path["path"], path["pathType"]) == ("/", "Prefix")
            service = path["backend"]["service"]
            ports = [
                p["name"] for p in shop.of("Service")[service["name"]]["ports"] if p["port"] == 80
            ]
            assert ports == [service["port"]["name"]]
            found[rule["host"]] = service["name"]
        assert found == hosts(shop)
        if not shop.settings.secure:
            assert "tls" not in ingress
            continue
        [tls] = ingress["tls"]
        assert set(tls["hosts"]) == set(hosts(shop))
        assert tls["secretName"] == secret_of(shop)


@every_shop
def test_routes_of_a_gateway_lead_each_host_to_its_pods(shop):
    if not any(way.kind == "gateway" for way in ways(shop)):
        assert shop.of("HTTPRoute") == {}
        return
    found, seconds = {}, {}
    for route in routes(shop, redirecting=False).values():
        [rule] = route["rules"]
        assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]
        [backend] = rule["backendRefs"]
        assert backend["port"] == 80
        found |= dict.fromkeys(route["hostnames"], backend["name"])
        seconds[backend["name"]] = rule.get("timeouts", {}).get("request")
    assert found == hosts(shop)
    # The Gateway gives up later than the pods: the visitor sees the shop's own page.
    for service, time in seconds.items():
        if time is not None:
            tier = getattr(shop.settings.web, {"admin": "admin"}.get(service, "storefront"))
            assert int(time.removesuffix("s")) > tier.request_timeout_seconds


@every_shop
def test_plain_http_leads_to_https_and_nowhere_else(shop):
    if not (shop.of("HTTPRoute") and shop.settings.secure):
        return
    redirected = [
        h for route in routes(shop, redirecting=True).values() for h in route["hostnames"]
    ]
    assert sorted(redirected) == sorted(hosts(shop))
    for route in routes(shop, redirecting=True).values():
        [rule] = route["rules"]
        [each] = rule["filters"]
        assert each["type"] == "RequestRedirect"
        assert each["requestRedirect"] == {"scheme": "https", "statusCode": 301}
        assert "backendRefs" not in rule
        assert {scheme(shop, ref) for ref in route["parentRefs"]} == {"HTTP"}
    for route in routes(shop, redirecting=False).values():
        assert {scheme(shop, ref) for ref in route["parentRefs"]} == {"HTTPS"}


def scheme(shop, ref):
    """Return the protocol of the listener that a route is attached to."""
    holder = shop.of(ref["kind"])[ref["name"]]
    [listener] = [each for each in holder["listeners"] if each["name"] == ref["sectionName"]]
    return listener["protocol"]


@every_shop
def test_listeners_take_the_certificate_of_the_shop(shop):
    for kind in ("Gateway", "ListenerSet"):
        for holder in shop.of(kind).values():
            parent = shop.settings.edge.parent
            for listener in holder["listeners"]:
                secure = listener["protocol"] == "HTTPS"
                assert listener["port"] == (parent.https_port if secure else parent.http_port)
                if secure:
                    [certificate] = listener["tls"]["certificateRefs"]
                    assert certificate["name"] == secret_of(shop)
                    assert listener["tls"]["mode"] == "Terminate"
                if kind == "ListenerSet":
                    assert listener["hostname"] in hosts(shop)
            if kind == "Gateway":
                assert holder["gatewayClassName"] == parent.class_name
            else:
                shared = holder["parentRef"]
                assert (shared["name"], shared["namespace"]) == (parent.name, parent.namespace)


@every_shop
def test_a_certificate_has_every_host_and_is_where_tls_ends(shop):
    tls = shop.settings.edge.tls
    certificates = shop.of("Certificate")
    assert bool(certificates) == (tls.mode == "letsencrypt")
    for certificate in certificates.values():
        for host in hosts(shop):
            matching = [n for n in certificate["dnsNames"] if fnmatchcase(host, n)]
            # A wildcard stands for one label.
            assert [n for n in matching if host.count(".") == n.count(".")], host
        assert certificate["secretName"] == tls.secret_name
        issuer = certificate["issuerRef"]
        if tls.issuer.mode == "named":
            assert (issuer["kind"], issuer["name"]) == (tls.issuer.kind, tls.issuer.name)
        else:
            assert issuer["name"] in shop.of(issuer["kind"])
        assert certificate["privateKey"]["rotationPolicy"] == "Always"


@every_shop
def test_an_issuer_asks_the_server_of_the_settings_and_answers_by_the_way_in(shop):
    for issuer in shop.of("Issuer").values():
        chosen, acme = shop.settings.edge.tls.issuer, issuer["acme"]
        staged = {"staging": "acme-staging-v02", "production": "acme-v02"}
        named = staged.get(chosen.server)
        if named is not None:
            assert acme["server"] == f"https://{named}.api.letsencrypt.org/directory"
        assert acme["email"] == chosen.email
        [solver] = acme["solvers"]
        answer = solver["http01"].get("ingress") or solver["http01"]["gatewayHTTPRoute"]
        # The namespace's quota has no port of a node for it.
        assert answer["serviceType"] == "ClusterIP"
        if "ingress" in solver["http01"]:
            assert answer["ingressClassName"] == shop.settings.edge.class_name
        resources = answer["podTemplate"]["spec"]["resources"]
        assert {"requests", "limits"} == set(resources)


@every_shop
def test_a_load_balancer_leads_to_pods_that_end_tls(shop):
    balancers = [s for s in shop.of("Service").values() if s.get("type") == "LoadBalancer"]
    assert len(balancers) == sum(way.kind == "load-balancer" for way in ways(shop))
    for service in balancers:
        assert service["selector"]["app.kubernetes.io/instance"] == "frontend-cache"
        ranges = shop.settings.edge.source_ranges
        assert service.get("loadBalancerSourceRanges", []) == list(ranges)


@every_shop
def test_a_terminator_has_the_certificate_and_leads_hosts_where_they_belong(shop):
    if not getattr(shop.settings.frontend_cache, "terminator", False):
        return
    pod = shop.pods["frontend-cache"]["spec"]
    [volume] = [volume for volume in pod["volumes"] if volume["name"] == "tls"]
    assert volume["secret"]["secretName"] == secret_of(shop)
    config = shop.file("frontend-cache", "nginx.conf")
    found = {}
    for server in config.split("\n  server {")[1:]:
        names = server.partition("server_name ")[2].partition(";")[0].split()
        passed = server.partition("proxy_pass http://")[2].partition(";")[0]
        if passed:
            assert "listen 8443 ssl" in server
            assert "ssl_certificate $tls/tls.crt;" in server
            assert "ssl_certificate_key $tls/tls.key;" in server
            found |= dict.fromkeys(names, passed)
        elif "_" not in names and names:
            assert "listen 8080;" in server
            assert "return 301 https://$host$request_uri;" in server
            assert set(names) == set(hosts(shop))
    leads = {"storefront": "varnish", "admin": "admin"}
    assert found == {host: leads[service] for host, service in hosts(shop).items()}
    assert "upstream admin {\n    server admin:80;" in config
    assert "upstream varnish {\n    server 127.0.0.1:8000;" in config
    assert "default /etc/openmage/tls;" in config
