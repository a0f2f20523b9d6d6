"""What the next update is told of this one."""

import pulumi

from components import Database, ShopConfig
from settings import Settings, recorded


def fingerprints(
    settings: Settings, database: Database, config: ShopConfig
) -> pulumi.Output[dict[str, str]]:
    """Return what tells each secret that data was made with from another one."""
    return recorded.fingerprints(
        settings,
        {
            "cryptKey": config.crypt_key,
            "databasePassword": database.password,
            "databaseRootPassword": database.root_password,
        },
    )
