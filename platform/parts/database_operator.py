"""mariadb-operator, for databases with several servers."""

import pulumi

from components.kit.workload import after
from parts._charts import chart
from parts._install import PartArgs, child_of, definitions, install, namespace
from stackfile.merge import merge


class DatabaseOperator(pulumi.ComponentResource):
    """One operator for the databases of every namespace."""

    def __init__(
        self, name: str, args: PartArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install the CRDs, then the operator."""
        super().__init__("openmage:platform:DatabaseOperator", name, None, opts)
        child = child_of(self, args)
        space = namespace(name, "mariadb-operator", "restricted", child)
        defined = definitions(f"{name}-definitions", chart("mariadb-operator-crds"), child)
        values = merge({"metrics": {"enabled": args["monitored"]}}, args["values"])
        install(name, chart("mariadb-operator"), space, values, after([defined], child))
        self.register_outputs({})
