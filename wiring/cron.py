"""Arguments of cron."""

from components import Release
from components.cron import CronRunnerArgs
from settings import Settings
from wiring.common import CodeArgs


def args(settings: Settings, code: CodeArgs, release: Release) -> CronRunnerArgs:
    """Return the arguments of cron."""
    return {
        **code,
        "placement": settings.cron.placement,
        "schedule": settings.cron.schedule,
        "active_deadline_seconds": settings.cron.active_deadline_seconds,
        "resources": settings.cron.resources,
        "memory_limit": settings.cron.memory_limit,
        "depends_on": [release.job],
    }
