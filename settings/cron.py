"""Settings of OpenMage's cron."""

from collections.abc import Iterator

from settings.types import CronSchedule, PhpSize
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Seconds
from stackfile.values import Container, Placement, Resources


class Cron(Section):
    """OpenMage's cron."""

    schedule: CronSchedule = "* * * * *"
    """Cron schedule on which OpenMage checks for due jobs."""
    active_deadline_seconds: Seconds = 3600
    """Maximum duration of one run."""
    memory_limit: PhpSize = "1024M"
    """PHP's memory_limit for cron and the release."""
    resources: Resources
    """From the preset; also used for the release's Job."""
    placement: Placement = Placement()

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that run: cron's, the release's, and one that is started by hand."""
        yield Container((*path, "resources"), self.resources, 3)
