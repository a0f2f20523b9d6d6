"""mariadb-operator, for databases with several servers."""

from typing import Any

import pulumi

from parts._charts import DATABASE_DEFINITIONS, DATABASE_OPERATOR
from parts._install import PartArgs, child_of, definitions, install, namespace, overlaid, sized

NAMESPACE = "mariadb-operator"
_POD = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


class DatabaseOperator(pulumi.ComponentResource):
    """One operator for the databases of every namespace."""

    def __init__(
        self, name: str, args: PartArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install the CRDs, then the operator."""
        super().__init__("openmage:platform:DatabaseOperator", name, None, opts)
        child = child_of(self, args)
        space = namespace(name, NAMESPACE, "restricted", child)
        defined = definitions(f"{name}-definitions", DATABASE_DEFINITIONS, child)
        install(
            name,
            DATABASE_OPERATOR,
            space,
            overlaid(_values(args), args),
            pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[defined])),
        )
        self.register_outputs({})


def _values(args: PartArgs) -> dict[str, Any]:
    confined = {"podSecurityContext": _POD, "securityContext": _CONTAINER}
    return {
        **confined,
        "resources": sized("20m", "128Mi", "512Mi"),
        "metrics": {"enabled": args["monitored"]},
        "webhook": {**confined, "resources": sized("10m", "64Mi", "256Mi")},
        "certController": {**confined, "resources": sized("10m", "64Mi", "256Mi")},
    }
