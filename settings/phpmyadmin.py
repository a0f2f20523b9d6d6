"""Settings of phpMyAdmin."""

from collections.abc import Iterator

from settings import sizing
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Cidr, Host, bytes_of
from stackfile.values import Container, Placement, Resources


class PhpMyAdmin(Section):
    """phpMyAdmin, for looking into the database."""

    enabled: bool = False
    """Whether it is deployed. Without a host only `kubectl port-forward` reaches it."""
    host: Host | None = None
    """Host that leads to it, through the admin pods; default: none. Requires `allow`."""
    allow: tuple[Cidr, ...] = ()
    """Networks that may reach the host; all others are denied."""
    resources: Resources
    """From the preset."""
    placement: Placement = Placement()

    @property
    def memory_limit(self) -> int:
        """PHP's memory_limit, in bytes: half of the pod's memory."""
        return bytes_of(self.resources.limits.memory) // 2

    @property
    def images(self) -> tuple[str, ...]:
        """Images that it runs."""
        return ("phpmyadmin",) if self.enabled else ()

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that it runs."""
        if self.enabled:
            yield Container((*path, "resources"), self.resources, 1 + sizing.SURGE)
