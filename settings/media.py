"""Settings of the media volume."""

from stackfile.values import SharedVolume


class Media(SharedVolume):
    """The volume with the media files."""
