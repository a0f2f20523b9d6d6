"""One SQL endpoint, inside the cluster or outside of it."""

from components.database.database import Database, DatabaseArgs

__all__ = ["Database", "DatabaseArgs"]
