"""The settings of a shop: what a stack file says, checked before anything is deployed."""

from settings.load import Secrets
from settings.model import Settings

__all__ = ["Secrets", "Settings"]
