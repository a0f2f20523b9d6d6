"""metrics-server, for the metrics that shops scale by."""

import pulumi

from parts._charts import METRICS_SERVER
from parts._install import PartArgs, child_of, install, namespace, overlaid, sized

NAMESPACE = "metrics-server"


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
            "resources": sized("100m", "200Mi", "400Mi"),
            "metrics": {"enabled": args["monitored"]},
            "serviceMonitor": {"enabled": args["monitored"]},
        }
        space = namespace(name, NAMESPACE, "restricted", child)
        install(name, METRICS_SERVER, space, overlaid(values, args), child)
        self.register_outputs({})
