"""Settings of the optional parts: frontend cache and phpMyAdmin."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from settings import sizing
from stackfile.report import Path
from stackfile.section import Section
from stackfile.types import Seconds, bytes_of
from stackfile.values import Container, Placement, Resources

_BESIDE_CACHE = 20 * sizing.MIB
"""Memory of Varnish's two processes and its log."""


class NoFrontendCache(Section):
    """No cache between the edge and the web pods."""

    terminates_tls: ClassVar = False
    images: ClassVar = ()

    mode: Literal["none"]

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the cache runs: none."""
        del path
        yield from ()


class VarnishCache(Section):
    """Varnish between the edge and the storefront."""

    mode: Literal["varnish"]
    replicas: Annotated[int, Field(ge=1, le=20)] = 2
    """Number of pods; each has its own cache, and a purge reaches all of them."""
    resources: Resources
    """Resources of Varnish. From the preset; almost half of the memory holds the cache."""
    html: bool = False
    """Whether pages are cached as well. Requires a module in the shop that
    sends `Cache-Control: public` for content that is the same for everyone, and purges changes."""
    grace_seconds: Seconds = 86400
    """How long a cached response may be served after it expires while the shop is down."""
    terminator: bool = False
    """Whether an nginx in the same pod terminates TLS, for edges that do not."""
    terminator_resources: Resources
    """Resources of that nginx. From the preset; unused without `terminator`."""
    placement: Placement = Placement()

    @property
    def terminates_tls(self) -> bool:
        """Whether TLS is terminated in the shop's own pods."""
        return self.terminator

    @property
    def images(self) -> tuple[str, ...]:
        """Images that the cache runs."""
        return ("varnish", "nginx") if self.terminator else ("varnish",)

    def containers(self, path: Path) -> Iterator[Container]:
        """Yield the containers that the cache runs."""
        pods = self.replicas + sizing.SURGE
        yield Container((*path, "resources"), self.resources, pods)
        if self.terminator:
            yield Container((*path, "terminatorResources"), self.terminator_resources, pods)

    @property
    def storage(self) -> int:
        """Bytes that hold the cache.

        A thumbnail of 4 kB takes 7 kB of memory including its metadata, and threads need
        some: the reserve below the limit was measured with a full cache of such files.
        """
        return max(0, bytes_of(self.resources.limits.memory) - _BESIDE_CACHE) // 2


FrontendCache = Annotated[NoFrontendCache | VarnishCache, Field(discriminator="mode")]
