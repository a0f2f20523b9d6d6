"""One SQL endpoint, inside or outside the cluster."""

from components.database.database import Database, DatabaseArgs

__all__ = ["Database", "DatabaseArgs"]
