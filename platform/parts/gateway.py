"""The controller that serves every shop's Ingress or Gateway."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kit.workload import after
from parts._controllers import Installed, installed
from parts._install import GUARDED, ROUTES, PartArgs, child_of, definitions, install, namespace
from stackfile.merge import merge
from values.gateways import Controller

_VERSION = "v1.6.1"
_DEFINITIONS = (
    "https://github.com/kubernetes-sigs/gateway-api/releases/download/"
    f"{_VERSION}/standard-install.yaml"
)
"""The Gateway API's CRDs, standard channel, as released upstream."""


class GatewayArgs(PartArgs):
    """Arguments of the controller."""

    controller: Controller
    """The controller, with its Service."""


class Gateway(pulumi.ComponentResource):
    """The controller behind every shop's Ingress, Gateway and HTTPRoute."""

    definitions: Sequence[pulumi.Resource]
    """Resources that must exist before any Gateway is created."""
    class_name: str
    """Name of the GatewayClass."""
    gateway_class: pulumi.Resource
    """Resources that a Gateway needs to be served."""
    namespace: str
    """Namespace of the pods that traffic comes from: a shop's `edge.controllerNamespace`."""

    def __init__(
        self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Install the CRDs, the controller and its class."""
        super().__init__("openmage:platform:Gateway", name, None, opts)
        child = child_of(self, args)
        found = installed(args["controller"], monitored=args["monitored"])
        self.namespace, self.class_name = found.namespace, args["controller"].class_name
        # Lets the routes of HTTP-01 challenges attach to the shared Gateway.
        space = namespace(name, self.namespace, "restricted", child, ROUTES)
        self.definitions = _definitions(name, args, found, child)
        values = merge(found.values, args["values"])
        controller = install(name, found.chart, space, values, after(self.definitions, child))
        ready = pulumi.ResourceOptions(parent=self, depends_on=[controller])
        self.gateway_class = _class(name, self.class_name, found, ready)
        self.register_outputs({})


def _definitions(
    name: str, args: GatewayArgs, controller: Installed, opts: pulumi.ResourceOptions
) -> Sequence[pulumi.Resource]:
    found: list[pulumi.Resource] = []
    if args["controller"].definitions:
        guarded = pulumi.ResourceOptions.merge(opts, GUARDED)
        found.append(k8s.yaml.v2.ConfigFile(f"{name}-definitions", file=_DEFINITIONS, opts=guarded))
    if controller.definitions is not None:
        found.append(definitions(f"{name}-envoy-definitions", controller.definitions, opts))
    return found


def _class(
    name: str, class_name: str, controller: Installed, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    spec: dict[str, Any] = {"controllerName": controller.class_controller}
    if controller.proxy is not None:
        # Envoy Gateway creates proxy pods for each Gateway, configured by this object.
        proxy = k8s.apiextensions.CustomResource(
            f"{name}-proxy",
            api_version="gateway.envoyproxy.io/v1alpha1",
            kind="EnvoyProxy",
            metadata={"name": class_name, "namespace": controller.namespace},
            spec=controller.proxy,
            opts=opts,
        )
        opts = after([proxy], opts)
        spec["parametersRef"] = {
            "group": "gateway.envoyproxy.io",
            "kind": "EnvoyProxy",
            "name": class_name,
            "namespace": controller.namespace,
        }
    return k8s.apiextensions.CustomResource(
        f"{name}-class",
        api_version="gateway.networking.k8s.io/v1",
        kind="GatewayClass",
        metadata={"name": class_name, "annotations": {"pulumi.com/waitFor": "condition=Accepted"}},
        spec=spec,
        opts=opts,
    )
