"""The shop's database and its user on servers that mariadb-operator runs."""

import pulumi
import pulumi_kubernetes as k8s

from components.database.operated_pod import Spec
from components.kit.metadata import ShopArgs, named
from components.kit.workload import after

API = "k8s.mariadb.com/v1alpha1"
READY = {"pulumi.com/waitFor": "condition=Ready"}
"""Pulumi does not wait for custom resources by default: the Release would run too early."""


def access(
    name: str,
    args: ShopArgs,
    user: Spec,
    servers: k8s.apiextensions.CustomResource,
    child: pulumi.ResourceOptions,
) -> k8s.apiextensions.CustomResource:
    """Create a user and its database of the same name; return a resource that waits for both.

    The MariaDB object could declare them, but is ready before them, and limits the user to 20
    connections.
    """
    # On deleted servers the operator has nothing to clean up, and Pulumi would wait for it.
    gone = pulumi.ResourceOptions(depends_on=[servers], deleted_with=servers)
    child = pulumi.ResourceOptions.merge(child, gone)
    rights: Spec = {
        "username": user["name"],
        "host": user["host"],
        "privileges": ["ALL PRIVILEGES"],
        "database": user["name"],
        "table": "*",
        "grantOption": False,
    }
    database = _object(name, args, ("Database", "schema"), {"name": user["name"]}, child)
    account = _object(name, args, ("User", "user"), user, child)
    return _object(name, args, ("Grant", "grant"), rights, after([database, account], child))


def _object(
    name: str, args: ShopArgs, kind: tuple[str, str], spec: Spec, opts: pulumi.ResourceOptions
) -> k8s.apiextensions.CustomResource:
    kind_name, part = kind
    return k8s.apiextensions.CustomResource(
        f"{name}-{part}",
        api_version=API,
        kind=kind_name,
        metadata=named(name, args, READY),
        spec={
            "mariaDbRef": {"name": name},
            # Deleting the object keeps the data.
            "cleanupPolicy": "Skip",
            "retryInterval": "2s",
            **spec,
        },
        opts=opts,
    )
