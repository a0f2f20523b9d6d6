"""Every shop: the release comes first and has its time, cron never runs twice."""

from tests.harness import spec
from tests.shops import changed, every_shop, shop_of


def environment(container):
    return {each["name"]: each["value"] for each in container["env"]}


def seconds(text):
    units = {"s": 1, "m": 60, "h": 3600}
    return int(text[:-1]) * units[text[-1]]


@every_shop
def test_the_engine_waits_for_the_release_for_as_long_as_it_may_take(shop):
    job = shop.workloads["release"]
    deadline = spec(job)["activeDeadlineSeconds"]
    assert seconds(job.custom_timeouts["create"]) > deadline
    # It waits up to ten minutes for cron, and a migration of a large shop takes its time.
    assert deadline >= 1800
    container = shop.container("release", "release")
    assert environment(container)["OPENMAGE_DEADLINE_SECONDS"] == str(deadline)


@every_shop
def test_a_release_that_failed_is_made_anew_and_one_that_ended_stays(shop):
    job = shop.workloads["release"]
    assert job.inputs["metadata"]["annotations"]["pulumi.com/replaceUnready"] == "true"
    assert "ttlSecondsAfterFinished" not in spec(job)
    assert spec(job)["backoffLimit"] <= 2
    assert shop.pods["release"]["spec"]["restartPolicy"] == "Never"
    assert "name" not in job.inputs["metadata"]


@every_shop
def test_no_pod_of_the_new_code_starts_before_the_release_has_ended(shop):
    job = shop.workloads["release"].urn
    waiting = ["storefront", "admin", "cron", *({"storefront-php"} & set(shop.pods))]
    assert [name for name in waiting if job not in shop.workloads[name].depends_on] == []


@every_shop
def test_the_release_and_cron_run_their_scripts_with_the_memory_of_the_settings(shop):
    limit = f"memory_limit={shop.settings.cron.memory_limit}"
    scripts = {
        "release": ["/etc/openmage/release.php"],
        "cron": ["/etc/openmage/cron.php", "-mdefault"],
    }
    for name, words in scripts.items():
        container = shop.container(name, name)
        assert container["command"] == ["php", "-d", limit, *words]
        assert container["workingDir"] == "/var/www/html"
        assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
    files = shop.files("release")
    for path in ("release.json", "database.php", "stores.php"):
        assert f"/etc/openmage/{path}" in files
    assert "/etc/openmage/database.php" in shop.files("cron")


@every_shop
def test_cron_never_runs_twice_and_a_missed_minute_is_not_made_up_for(shop):
    [job] = shop.of("CronJob").values()
    assert job["schedule"] == shop.settings.cron.schedule
    assert job["concurrencyPolicy"] == "Forbid"
    assert not job.get("suspend")
    # Kubernetes looks every ten seconds: less may mean never.
    assert 60 <= job["startingDeadlineSeconds"] <= 300
    assert job["failedJobsHistoryLimit"] >= 1
    one = job["jobTemplate"]["spec"]
    assert one["backoffLimit"] == 0
    assert one["activeDeadlineSeconds"] == shop.settings.cron.active_deadline_seconds
    container = shop.container("cron", "cron")
    assert environment(container)["OPENMAGE_DEADLINE_SECONDS"] == str(one["activeDeadlineSeconds"])
    assert shop.pods["cron"]["spec"]["restartPolicy"] == "Never"


@every_shop
def test_a_visitor_waits_for_the_first_request_to_fill_the_cache(shop):
    for name in shop.code:
        container = next(c for n, _, c in shop.containers() if n == name and c["name"] != "nginx")
        wait = int(environment(container)["MAGE_CONFIG_CACHE_LOCK_WAIT"])
        # Longer than OpenMage's three seconds, shorter than a request may take.
        assert 3 < wait < min(tier.request_timeout_seconds for _, tier in shop.web()), name


def prefix(shop):
    return shop.file("admin", "local.xml").split("<id_prefix>")[1].split("<")[0]


@every_shop
def test_old_and_new_code_share_no_cache(shop):
    image = {"images": {"php": f"registry.example.com/other/php:9@sha256:{'f' * 64}"}}
    assert len(prefix(shop)) > 4
    assert prefix(changed(shop, image)) != prefix(shop)


def test_what_the_release_writes_into_the_database_starts_a_cache_of_its_own():
    shop = shop_of("Pulumi.acme-staging.yaml")
    for change in ({"store": {"currency": "CHF"}}, {"hosts": {"admin": "other.example.com"}}):
        assert prefix(changed(shop, change)) != prefix(shop)
    assert prefix(changed(shop, {"cron": {"activeDeadlineSeconds": 1800}})) == prefix(shop)


@every_shop
def test_what_pods_read_at_their_start_has_a_name_of_its_own_for_each_content(shop):
    # An object of the operator cannot be told other names later.
    fixed = {"database-passwords", "database-agent"} if shop.of("MariaDB") else set()
    for resource in shop.graph:
        if resource.kind in {"ConfigMap", "Secret"} and resource.name not in fixed:
            assert "name" not in resource.inputs["metadata"], resource.name
            assert resource.inputs.get("immutable") is not True


@every_shop
def test_objects_with_an_answer_of_their_own_are_waited_for(shop):
    for resource in shop.graph:
        notes = resource.inputs.get("metadata", {}).get("annotations", {})
        assert "pulumi.com/skipAwait" not in notes, resource.name
        awaited = {"MariaDB", "Database", "User", "Grant", "Issuer"}
        if resource.custom and resource.kind in awaited:
            assert notes["pulumi.com/waitFor"] == "condition=Ready", resource.name
    for servers in shop.graph.of("MariaDB"):
        start = spec(servers)["startupProbe"]
        longest = start["periodSeconds"] * start["failureThreshold"]
        for operation in ("create", "update"):
            assert seconds(servers.custom_timeouts[operation]) > longest
        for kind in ("Database", "User", "Grant"):
            [made] = [each for each in shop.graph.of(kind) if each.custom]
            assert made.deleted_with == servers.urn
            assert servers.urn in made.depends_on
            assert spec(made)["cleanupPolicy"] == "Skip"
