"""OpenMage's cron, each minute."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.kit.files import config_map
from components.kit.metadata import ShopArgs, auto_named, named
from components.kit.pods import pod_template
from components.kit.volumes import config_volume
from components.kit.workload import after
from components.web.php import PhpArgs, php_container, php_labels, php_pod
from shop.constants import ETC
from shop.render import script
from stackfile.values import Placement, Resources

_SCRIPTS = ("cron.php", "database.php")


class CronRunnerArgs(ShopArgs, PhpArgs):
    """Arguments of cron."""

    schedule: str
    """When to look for due jobs, in cron's five fields."""
    active_deadline_seconds: int
    """Maximum duration of one run; after that it is killed and counts as failed."""
    resources: Resources
    """Of a run."""
    placement: Placement
    """On which nodes the pods run."""
    memory_limit: str
    """PHP's memory_limit; a reindex needs more than a web request."""
    depends_on: Sequence[pulumi.Resource]
    """What must be there before this code runs: the release."""


class CronRunner(pulumi.ComponentResource):
    """Runs due jobs, never twice at once: the script holds a lock in the database for the run.

    A run in which an OpenMage job fails is a failed Job, so that it can be alerted on.
    """

    def __init__(
        self, name: str, args: CronRunnerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Create the CronJob."""
        super().__init__("openmage:index:CronRunner", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        scripts = {file: script(file) for file in _SCRIPTS}
        config = config_map(f"{name}-scripts", auto_named(name, args), scripts, child)
        k8s.batch.v1.CronJob(
            name,
            metadata=named(name, args),
            spec={
                "schedule": args["schedule"],
                "concurrency_policy": "Forbid",
                # A start that is late by more than this is skipped until the next minute.
                "starting_deadline_seconds": 120,
                "successful_jobs_history_limit": 1,
                "failed_jobs_history_limit": 3,
                "job_template": {"spec": _job(name, args, config)},
            },
            # New code must only run on the new schema.
            opts=after(args["depends_on"], child),
        )
        self.register_outputs({})


def _job(
    name: str, args: CronRunnerArgs, config: pulumi.Input[str]
) -> k8s.batch.v1.JobSpecArgsDict:
    # Always with a mode: without one cron.php forks and exits, and its children are killed.
    run = ["php", "-d", f"memory_limit={args['memory_limit']}"]
    run += [f"{ETC}/cron.php", "-mdefault"]
    mounts = {f"{ETC}/{file}": ("scripts", file) for file in _SCRIPTS}
    container = php_container(
        name,
        args,
        args["resources"],
        run,
        mounts,
        deadline=args["active_deadline_seconds"],
    )
    pod: k8s.core.v1.PodSpecArgsDict = {
        **php_pod(args, args["placement"], [config_volume("scripts", config)]),
        "containers": [container],
        "restart_policy": "Never",
        # Let an interrupted job finish.
        "termination_grace_period_seconds": 60,
    }
    return {
        # The next minute's run is the retry.
        "backoff_limit": 0,
        "active_deadline_seconds": args["active_deadline_seconds"],
        "template": pod_template(php_labels(name, args), pod, interruptible=False),
    }
