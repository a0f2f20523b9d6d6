"""Every shop: pods answer the right questions, end in good time, and find what they mount."""

import re

from settings import needs
from tests.harness import containers
from tests.shops import every_shop, number

NOT_SERVING = {"cron", "release"}
STORE = "cache"
"""A store without a volume: what it holds may be lost."""
PUBLIC, PRIVATE, HTTPS = 8080, 8081, 8443
OURS = re.compile(r"(?<![\w/.])/(?:etc/openmage|etc/valkey|run/secrets)(?:/[\w.-]+)+")
"""A path that only a mounted file can have."""


def serving(shop):
    return ((n, pod, each) for n, pod, each in shop.containers() if n not in NOT_SERVING)


def ports(container):
    return {port["containerPort"] for port in container.get("ports", [])}


def asked(probe):
    """Return what a probe asks: path and port of HTTP, a port, or the words of a command."""
    if "httpGet" in probe:
        return probe["httpGet"]["path"], probe["httpGet"]["port"]
    return probe["tcpSocket"]["port"] if "tcpSocket" in probe else probe["exec"]["command"]


def patience(probe):
    """Return after how many seconds a probe acts."""
    return probe["periodSeconds"] * probe["failureThreshold"]


def leaves_after(container):
    """Return how many seconds a container goes on serving when its pod is told to stop."""
    hook = container.get("lifecycle", {}).get("preStop", {})
    if "sleep" in hook:
        return hook["sleep"]["seconds"]
    words = hook.get("exec", {}).get("command", [])
    return max([int(found) for found in re.findall(r"sleep (\d+)", " ".join(words))], default=0)


def is_web(name):
    return name.removesuffix("-php") in {"storefront", "admin"}


def longest_request(shop, workload):
    """Return how long a request to these pods may take."""
    if is_web(workload):
        return getattr(shop.settings.web, workload.removesuffix("-php")).request_timeout_seconds
    if workload == "frontend-cache":
        times = [tier.request_timeout_seconds for _, tier in shop.web()]
        return max(times) if shop.settings.frontend_cache.terminator else times[0]
    return 0


@every_shop
def test_probes_ask_ports_that_their_pod_listens_on(shop):
    for name, pod, container in serving(shop):
        listening = {port for each in containers({"spec": pod}) for port in ports(each)}
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            action = asked(container[kind]) if kind in container else None
            port = action[1] if isinstance(action, tuple) else action
            assert not isinstance(port, int) or port in listening, (name, kind)


@every_shop
def test_what_serves_is_ready_only_when_it_says_so(shop):
    for name, pod in shop.pods.items():
        if name not in NOT_SERVING:
            # A sidecar serves as well.
            assert all("readinessProbe" in each for each in containers(pod)), name


@every_shop
def test_a_restart_needs_more_patience_than_leaving_the_service(shop):
    for name, pod, container in serving(shop):
        assert container["livenessProbe"]["failureThreshold"] >= 3, name
        assert patience(container["livenessProbe"]) >= 60, name
        ready = [p["readinessProbe"] for p in containers({"spec": pod}) if "readinessProbe" in p]
        assert all(15 <= patience(probe) < patience(container["livenessProbe"]) for probe in ready)
        assert all(probe["periodSeconds"] <= 10 for probe in ready), name


@every_shop
def test_a_slow_start_is_no_failure(shop):
    for name, _, container in serving(shop):
        least = {"database": 300, "cache": 60, "cache-sessions": 60}.get(name, 30)
        assert patience(container["startupProbe"]) >= least, name


@every_shop
def test_probes_give_an_answer_some_time(shop):
    for name, _, container in serving(shop):
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert 2 <= container.get(kind, {}).get("timeoutSeconds", 5) <= 15, (name, kind)


def pool_of(shop, name):
    """Return the ports of php-fpm's workers and of its status pool."""
    pool = shop.file(name, "zz-openmage.conf")
    work = re.search(r"^listen = (?:[\d.]+:)?(\d+)$", pool, re.MULTILINE)
    status = re.search(r"^pm\.status_listen = 127\.0\.0\.1:(\d+)$", pool, re.MULTILINE)
    assert work
    assert status
    assert "ping.path = /ping\n" in pool
    return work[1], status[1]


@every_shop
def test_a_busy_pool_of_php_is_neither_restarted_nor_taken_off_the_edge(shop):
    for name in ("storefront", "storefront-php", "admin"):
        if name not in shop.pods:
            continue
        files = shop.files(name)
        for container in containers(shop.pods[name]):
            for kind in ("livenessProbe", "readinessProbe"):
                action = asked(container[kind])
                if container["name"] == "nginx":
                    assert action == ("/live", PRIVATE), name
                elif shop.topology == "apache":
                    # The kernel accepts while every worker is busy.
                    assert action == PUBLIC, name
                else:
                    assert action[-1] == pool_of(shop, name)[1], name
                    assert action[-2] in files, name


@every_shop
def test_nginx_and_php_say_each_for_itself_whether_they_live(shop):
    for name in ("storefront", "admin"):
        if shop.topology == "apache":
            continue
        config = shop.file(name, "/nginx.conf")
        [private] = [s for s in blocks(config, "server") if f"listen {PRIVATE};" in s]
        [body] = [body for head, body in locations(private) if head == "= /live"]
        assert "return 200" in body, name
        assert "fastcgi_pass" not in body, name


@every_shop
def test_a_pod_starts_to_serve_when_a_worker_of_php_answers(shop):
    for name in ("storefront", "storefront-php", "admin"):
        for container in containers(shop.pods[name]) if name in shop.pods else ():
            action = asked(container["startupProbe"])
            if container["name"] == "nginx":
                continue
            if shop.topology == "apache":
                assert action == ("/live", PRIVATE)
            else:
                assert action[-1] == pool_of(shop, name)[0], name


def blocks(text, word):
    """Return the bodies of nginx blocks that begin with a word."""
    found = []
    for start in re.finditer(rf"^\s*{word}\b[^;{{]*\{{$", text, re.MULTILINE):
        depth, end = 1, start.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        found.append(text[start.end() : end])
    return found


def locations(server):
    """Yield head and body of the locations of a server, in their order."""
    for start in re.finditer(r"^\s*location (.+) \{$", server, re.MULTILINE):
        yield start[1], server[start.end() :].partition("\n    }")[0]


@every_shop
def test_a_pod_leaves_the_lists_before_it_stops_and_outlives_its_longest_request(shop):
    for name, pod, container in serving(shop):
        if shop.workloads[name].kind != "Deployment" or name == STORE:
            continue
        sidecar = container.get("restartPolicy") == "Always"
        assert sidecar or leaves_after(container) >= 5, name
        least = leaves_after(container) + longest_request(shop, name)
        assert pod["terminationGracePeriodSeconds"] > least, name


@every_shop
def test_stores_have_time_to_write_what_they_hold(shop):
    for name, least in (("database", 60), ("cache-sessions", 20), ("cron", 30)):
        if name in shop.pods:
            grace = shop.pods[name]["spec"]["terminationGracePeriodSeconds"]
            assert least <= grace <= 600, name


@every_shop
def test_php_ends_after_the_nginx_that_asks_it(shop):
    for name, pod in shop.pods.items():
        names = {each["name"]: each for each in containers(pod)}
        if is_web(name) and {"nginx", "php"} <= set(names):
            assert [each["name"] for each in pod["spec"]["initContainers"]] == ["php"], name
            assert names["php"]["restartPolicy"] == "Always", name


@every_shop
def test_a_rollout_takes_no_pod_before_a_new_one_is_ready(shop):
    for name, deployment in shop.of("Deployment").items():
        if name == STORE:
            # Two at once would each have a part of the entries.
            assert deployment["strategy"] == {"type": "Recreate"}
            continue
        assert deployment["strategy"]["type"] == "RollingUpdate", name
        rolling = deployment["strategy"]["rollingUpdate"]
        assert rolling["maxUnavailable"] == 0, name
        assert rolling["maxSurge"] >= 1, name
        slowest = max(patience(each["startupProbe"]) for each in containers(shop.pods[name]))
        assert deployment["progressDeadlineSeconds"] > slowest, name
        if name != "phpmyadmin":
            assert deployment["minReadySeconds"] > 0, name


@every_shop
def test_selectors_of_workloads_budgets_and_spreading_mean_their_own_pods(shop):
    for kind in ("Deployment", "StatefulSet"):
        for name, workload in shop.of(kind).items():
            labels, own = workload["template"]["metadata"]["labels"], workload["selector"]
            assert own["matchLabels"]["app.kubernetes.io/instance"] == name
            assert own["matchLabels"].items() <= labels.items(), name
            budget = shop.of("PodDisruptionBudget")[name]
            assert budget["selector"] == own, name
            assert budget["maxUnavailable"] == 1, name
            assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow", name
            pod = workload["template"]["spec"]
            for constraint in pod.get("topologySpreadConstraints", []):
                assert constraint["labelSelector"] == own, name
                assert constraint["whenUnsatisfiable"] == "ScheduleAnyway", name
            if is_web(name) or name == "frontend-cache":
                keys = {each["topologyKey"] for each in pod["topologySpreadConstraints"]}
                assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}, name
                assert pod["affinity"]["podAntiAffinity"], name
            if kind == "StatefulSet":
                assert workload["replicas"] == 1, name
                assert workload["serviceName"] == name
    assert not set(shop.of("PodDisruptionBudget")) & NOT_SERVING


@every_shop
def test_scaling_follows_the_container_that_works_and_is_as_the_settings_say(shop):
    scalers, web = shop.of("HorizontalPodAutoscaler"), shop.settings.web
    wanted = {"storefront": ("php", web.storefront.autoscaling)}
    if shop.topology == "split":
        wanted["storefront-php"] = wanted["storefront"]
        wanted["storefront"] = ("nginx", web.storefront.nginx.autoscaling)
    assert set(scalers) == set(wanted)
    for name, (container, chosen) in wanted.items():
        scaler = scalers[name]
        target = scaler["scaleTargetRef"]
        assert (target["kind"], target["name"]) == ("Deployment", name)
        [metric] = scaler["metrics"]
        assert metric["containerResource"]["container"] == container, name
        assert container in [each["name"] for each in containers(shop.pods[name])], name
        assert metric["containerResource"]["name"] == "cpu", name
        goal = metric["containerResource"]["target"]
        assert goal == {"type": "Utilization", "averageUtilization": chosen.cpu_percent}
        assert (scaler["minReplicas"], scaler["maxReplicas"]) == (
            chosen.min_replicas,
            chosen.max_replicas,
        )
        assert not shop.settings.production or scaler["minReplicas"] >= 2, name
        down = scaler["behavior"]["scaleDown"]
        assert down["stabilizationWindowSeconds"] == chosen.scale_down_seconds
        assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 30}]
        assert scaler["behavior"]["scaleUp"]["stabilizationWindowSeconds"] == 0
        assert "replicas" not in shop.of("Deployment")[name]
    assert shop.of("Deployment")["admin"]["replicas"] == web.admin.replicas
    if "frontend-cache" in shop.pods:
        replicas = shop.of("Deployment")["frontend-cache"]["replicas"]
        assert replicas == shop.settings.frontend_cache.replicas


@every_shop
def test_what_is_mounted_is_there(shop):
    for name, pod in shop.pods.items():
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        assert len(volumes) == len(pod["spec"]["volumes"]), name
        mounts = [mount for each in containers(pod) for mount in each["volumeMounts"]]
        assert {mount["name"] for mount in mounts} == set(volumes), name
        for mount in mounts:
            volume = volumes[mount["name"]]
            if "subPath" in mount:
                assert mount["subPath"] in shop.content(volume), (name, mount)
            if {"configMap", "secret"} & set(volume):
                assert mount["readOnly"] is True, (name, mount)
        for container in containers(pod):
            paths = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert len(paths) == len(set(paths)), name


@every_shop
def test_volumes_are_bounded_claimed_and_closed_to_others(shop):
    for name, pod in shop.pods.items():
        for volume in pod["spec"]["volumes"]:
            if "persistentVolumeClaim" in volume:
                claim = volume["persistentVolumeClaim"]["claimName"]
                assert ("PersistentVolumeClaim", claim) in shop.objects, name
            elif "emptyDir" in volume:
                assert number(volume["emptyDir"]["sizeLimit"]) <= 4 * 2**30, name
            elif "secret" in volume:
                assert volume["secret"]["defaultMode"] & 0o007 == 0, name
            else:
                assert volume["configMap"]["defaultMode"] == 0o444, name


@every_shop
def test_every_file_that_is_named_is_there(shop):
    for name, pod in shop.pods.items():
        for container in containers(pod):
            there = shop.files(name, container["name"])
            hooks = [
                container.get(f"{kind}Probe", {}) for kind in ("startup", "readiness", "liveness")
            ]
            said = [*container.get("command", []), *container.get("args", [])]
            said += [str(asked(hook)) for hook in hooks if hook]
            said += [str(each.get("value", "")) for each in container.get("env", [])]
            said += [text for path, text in there.items() if not path.endswith((".php", ".vcl"))]
            for path in OURS.findall("\n".join(said)):
                folder = any(known.startswith(f"{path}/") for known in there)
                unfinished = path.endswith(("-", "/tls", "own-server-", "own-http-"))
                assert path in there or folder or unfinished, (name, path)


@every_shop
def test_pods_run_what_the_settings_name(shop):
    images = shop.settings.images
    wanted = {
        "php": images.php,
        "release": images.php,
        "cron": images.php,
        "nginx": images.nginx or images.php,
        "varnish": images.varnish,
        "valkey": images.valkey,
        "mariadb": images.mariadb,
        "phpmyadmin": images.phpmyadmin,
    }
    for name, _, container in shop.containers():
        assert container["image"] == wanted[container["name"]], name
        assert container["imagePullPolicy"] == "IfNotPresent", name
    if shop.settings.production:
        assert all("@sha256:" in each["image"] for _, _, each in shop.containers())


@every_shop
def test_pods_have_no_rights_and_write_to_nothing_but_their_volumes(shop):
    users = {}
    for name, pod in shop.pods.items():
        context = pod["spec"]["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] > 10000, name
        assert context["fsGroupChangePolicy"] == "OnRootMismatch", name
        users[name] = context["runAsUser"]
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        assert pod["spec"]["enableServiceLinks"] is False, name
        assert pod["spec"]["serviceAccountName"] == "shop", name
        pulled = [{"name": secret} for secret in shop.settings.images.pull_secrets]
        assert pod["spec"]["imagePullSecrets"] == pulled, name
        for forbidden in ("hostNetwork", "hostPID", "hostIPC"):
            assert not pod["spec"].get(forbidden), name
        for container in containers(pod):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, name
            assert own["readOnlyRootFilesystem"] is True, name
            assert own["capabilities"] == {"drop": ["ALL"]}, name
            assert own["privileged"] is False, name
    assert shop.objects["ServiceAccount", "shop"]["automountServiceAccountToken"] is False
    # All that runs the shop's code shares the media volume; no store can read another's.
    assert len({users[name] for name in shop.code}) == 1
    apart = [users[name] for name in ("storefront", "database", "cache") if name in users]
    assert len(apart) == len(set(apart))


@every_shop
def test_requests_and_limits_are_those_of_the_settings(shop):
    sized = {}
    for _, resources, _ in needs.containers(shop.settings):
        amounts = (resources.requests, resources.limits)
        key = tuple((number(each.cpu), number(each.memory)) for each in amounts)
        sized[key] = key
    for name, _, container in shop.containers():
        asked_for, most = (container["resources"][kind] for kind in ("requests", "limits"))
        key = tuple((number(each["cpu"]), number(each["memory"])) for each in (asked_for, most))
        assert key in sized, name
        for kind in ("cpu", "memory", "ephemeral-storage"):
            assert number(asked_for[kind]) <= number(most[kind]), (name, kind)


@every_shop
def test_the_quota_has_room_for_all_pods_at_their_most_and_a_rollout(shop):
    cpu = memory = pods = 0
    for name, pod in shop.pods.items():
        scaler = shop.of("HorizontalPodAutoscaler").get(name)
        spec = shop.of(shop.workloads[name].kind)[shop.graph.names[shop.workloads[name].urn]]
        surge = spec.get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 0)
        count = (scaler["maxReplicas"] if scaler else spec.get("replicas", 1)) + surge
        cpu += count * sum(number(c["resources"]["requests"]["cpu"]) for c in containers(pod))
        memory += count * sum(number(c["resources"]["limits"]["memory"]) for c in containers(pod))
        pods += count
    [quota] = shop.of("ResourceQuota").values()
    assert number(quota["hard"]["requests.cpu"]) > cpu
    assert number(quota["hard"]["limits.memory"]) > memory
    assert int(quota["hard"]["pods"]) > pods


@every_shop
def test_pods_go_to_the_nodes_that_the_settings_name(shop):
    settings = shop.settings
    placed = {
        "storefront": settings.web.storefront,
        "admin": settings.web.admin,
        "cron": settings.cron,
        "release": settings.cron,
        "database": settings.database,
        "cache": settings.cache.cache,
        "cache-sessions": settings.cache.sessions,
        "frontend-cache": settings.frontend_cache,
        "phpmyadmin": settings.phpmyadmin,
    }
    for name, pod in shop.pods.items():
        wanted = placed[name.removesuffix("-php")].placement
        assert pod["spec"].get("nodeSelector", {}) == wanted.node_selector, name
        taints = [
            (each["key"], each.get("effect"))
            for each in pod["spec"]["tolerations"]
            if "tolerationSeconds" not in each
        ]
        assert taints == [(taint.key, taint.effect) for taint in wanted.tolerations], name
        assert pod["spec"].get("priorityClassName") == wanted.priority_class, name
    if settings.database.mode in {"replicated", "galera"}:
        [servers] = shop.of("MariaDB").values()
        assert servers["nodeSelector"] == settings.database.placement.node_selector
        assert len(servers["tolerations"]) == len(settings.database.placement.tolerations)
