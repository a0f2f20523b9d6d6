"""The settings of a shop, read from its stack file and validated before anything is deployed."""

from settings.load import Secrets
from settings.model import Settings

__all__ = ["Secrets", "Settings"]
