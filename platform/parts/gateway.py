"""The controller that serves every shop's Ingress or Gateway."""

from collections.abc import Sequence
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as k8s

from parts import _controllers
from parts._charts import ENVOY_DEFINITIONS, ENVOY_GATEWAY, GATEWAY_DEFINITIONS, TRAEFIK
from parts._install import (
    GUARDED,
    ROUTES,
    PartArgs,
    child_of,
    definitions,
    install,
    namespace,
    overlaid,
)

_API = "gateway.networking.k8s.io/v1"


class GatewayArgs(PartArgs):
    """Arguments of the controller."""

    controller: Literal["traefik", "envoy"]
    entrance: _controllers.Entrance
    definitions: bool
    """Whether the Gateway API's CRDs are installed."""


class Gateway(pulumi.ComponentResource):
    """The controller behind every shop's Ingress, Gateway and HTTPRoute."""

    definitions: Sequence[pulumi.Resource]
    """Resources that must exist before any Gateway is created."""
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
        envoy = args["controller"] == "envoy"
        self.namespace = "envoy-gateway-system" if envoy else "traefik"
        # Lets the routes of HTTP-01 challenges attach to the shared Gateway.
        space = namespace(name, self.namespace, "restricted", child, ROUTES)
        self.definitions = _definitions(name, args, child)
        after = pulumi.ResourceOptions.merge(
            child, pulumi.ResourceOptions(depends_on=list(self.definitions))
        )
        chart, values = (
            (ENVOY_GATEWAY, _controllers.envoy())
            if envoy
            else (TRAEFIK, _controllers.traefik(args["entrance"], monitored=args["monitored"]))
        )
        controller = install(name, chart, space, overlaid(values, args), after)
        ready = pulumi.ResourceOptions(parent=self, depends_on=[controller])
        self.gateway_class = _class(name, args, self.namespace, ready)
        self.register_outputs({})


def _definitions(
    name: str, args: GatewayArgs, opts: pulumi.ResourceOptions
) -> Sequence[pulumi.Resource]:
    found: list[pulumi.Resource] = []
    if args["definitions"]:
        guarded = pulumi.ResourceOptions.merge(opts, GUARDED)
        found.append(
            k8s.yaml.v2.ConfigFile(f"{name}-definitions", file=GATEWAY_DEFINITIONS, opts=guarded)
        )
    if args["controller"] == "envoy":
        own = {"crds": {"envoyGateway": {"enabled": True}, "gatewayAPI": {"enabled": False}}}
        found.append(definitions(f"{name}-envoy-definitions", ENVOY_DEFINITIONS, opts, own))
    return found


def _class(
    name: str, args: GatewayArgs, space: str, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    spec: dict[str, Any] = {"controllerName": _controllers.CONTROLLERS[args["controller"]]}
    if args["controller"] == "envoy":
        # Envoy Gateway creates proxy pods for each Gateway, configured by this object.
        proxy = k8s.apiextensions.CustomResource(
            f"{name}-proxy",
            api_version="gateway.envoyproxy.io/v1alpha1",
            kind="EnvoyProxy",
            metadata={"name": args["entrance"]["class_name"], "namespace": space},
            spec=_controllers.envoy_proxy(args["entrance"]),
            opts=opts,
        )
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[proxy]))
        spec["parametersRef"] = {
            "group": "gateway.envoyproxy.io",
            "kind": "EnvoyProxy",
            "name": args["entrance"]["class_name"],
            "namespace": space,
        }
    return k8s.apiextensions.CustomResource(
        f"{name}-class",
        api_version=_API,
        kind="GatewayClass",
        metadata={
            "name": args["entrance"]["class_name"],
            "annotations": {"pulumi.com/waitFor": "condition=Accepted"},
        },
        spec=spec,
        opts=opts,
    )
