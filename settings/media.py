"""Settings of the media volume."""

from typing import Literal

from stackfile.section import Section
from stackfile.values import Storage


class Media(Section):
    """The volume with the media files."""

    storage: Storage
    """From the preset."""
    access_mode: Literal["ReadWriteMany", "ReadWriteOnce"] = "ReadWriteMany"
    """`ReadWriteOnce` is for single-node clusters, in dev only."""
