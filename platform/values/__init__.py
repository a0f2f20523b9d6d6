"""Immutable values that the settings and the parts of the platform share."""
