"""The volume with the shop's media files."""

import pulumi

from components.kit.metadata import ShopArgs
from components.kit.volumes import Retention, claim, keep
from stackfile.values import SharedVolume


class MediaArgs(ShopArgs):
    """Arguments of the media volume."""

    volume: SharedVolume
    """ReadWriteMany if pods run on several nodes; ReadWriteOnce on a single-node cluster."""
    retention: Retention
    """Whether it can be lost with the stack."""


class Media(pulumi.ComponentResource):
    """One volume that all web pods share; it outlives the stack if `retention` says so."""

    claim: pulumi.Output[str]
    """Name of the claim."""

    def __init__(
        self, name: str, args: MediaArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Claim the volume."""
        super().__init__("openmage:index:Media", name, None, opts)
        volume = args["volume"]
        keeping = keep(args["retention"], pulumi.ResourceOptions(parent=self))
        self.claim = claim(name, args, volume.storage, keeping, volume.access_mode)
        self.register_outputs({"claim": self.claim})
