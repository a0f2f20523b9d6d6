"""What the next update has to know of this one."""

from typing import Any

import pulumi

from components import Database, ShopConfig
from settings import Secrets, Settings, recorded


def recorded_settings(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    """Return the record that the next update needs; it contains no secrets."""
    made_with = {
        "cryptKey": secrets.crypt_key,
        "databasePassword": secrets.database_password,
        "databaseRootPassword": secrets.database_root_password,
    }
    given = [key for key, secret in made_with.items() if secret is not None]
    return recorded.record(settings, given)


def fingerprints(
    settings: Settings, database: Database, config: ShopConfig
) -> pulumi.Output[dict[str, str]]:
    """Return fingerprints of the secrets that the data was created with."""
    return recorded.fingerprints(
        settings,
        {
            "cryptKey": config.crypt_key,
            "databasePassword": database.password,
            "databaseRootPassword": database.root_password,
        },
    )
