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
    """When to look for due jobs."""
    active_deadline_seconds: Seconds = 3600
    """How long one run may take."""
    memory_limit: PhpSize = "1024M"
    """PHP's memory_limit of cron and of the release."""
    resources: Resources
    """From the preset; the release's Job has the same."""
    placement: Placement = Placement()

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that run: cron's, the release's, and one that is started by hand."""
        yield Container((*path, "resources"), self.resources, 3)
