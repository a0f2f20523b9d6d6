"""metrics-server, for the metrics that shops scale by."""

import pulumi

from parts._charts import chart
from parts._install import PartArgs, child_of, install, namespace
from stackfile.merge import merge


class MetricsServerArgs(PartArgs):
    """Arguments of metrics-server."""

    kubelet_insecure_tls: bool
    """Whether to skip verification of the kubelets' certificates."""


class MetricsServer(pulumi.ComponentResource):
    """CPU and memory of pods, for autoscalers and `kubectl top`."""

    def __init__(
        self, name: str, args: MetricsServerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install metrics-server."""
        super().__init__("openmage:platform:MetricsServer", name, None, opts)
        child = child_of(self, args)
        values = {
            "args": ["--kubelet-insecure-tls"] if args["kubelet_insecure_tls"] else [],
            "metrics": {"enabled": args["monitored"]},
            "serviceMonitor": {"enabled": args["monitored"]},
        }
        space = namespace(name, "metrics-server", "restricted", child)
        install(name, chart("metrics-server"), space, merge(values, args["values"]), child)
        self.register_outputs({})
