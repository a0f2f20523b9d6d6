"""The settings of a platform: what a stack file says, checked before anything is deployed."""

from choices.load import Secrets, load
from choices.model import Platform

__all__ = ["Platform", "Secrets", "load"]
