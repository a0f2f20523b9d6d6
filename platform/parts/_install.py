"""What every part does: create its namespace and install its charts."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components.kit.files import secret
from components.kit.pod_security import Level, restrict
from parts._charts import Chart
from stackfile.merge import merge

ROUTES = {"app.kubernetes.io/part-of": "openmage"}
"""Label of namespaces whose routes may attach to the shared Gateway; every shop's has it."""
GUARDED = pulumi.ResourceOptions(protect=True, retain_on_delete=True)
"""For CRDs: deleting one deletes all its objects, such as every customer's database."""


class PartArgs(TypedDict):
    """Arguments of every part."""

    values: Mapping[str, Any]
    """The user's Helm values, merged over the part's."""
    monitored: bool
    """Whether Prometheus picks up the charts' monitors."""
    after: Sequence[pulumi.Resource]
    """Resources that must exist first, such as CRDs."""


def namespace(
    resource: str,
    name: str,
    level: Level,
    opts: pulumi.ResourceOptions,
    labels: Mapping[str, str] | None = None,
) -> k8s.core.v1.Namespace:
    """Create a namespace that enforces a Pod Security level."""
    held = restrict(level)
    both = {"app.kubernetes.io/managed-by": "pulumi", **held, **(labels or {})}
    return k8s.core.v1.Namespace(resource, metadata={"name": name, "labels": both}, opts=opts)


def secret_in(
    space: k8s.core.v1.Namespace,
    name: str,
    values: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Create a Secret in a part's namespace, and return its name."""
    return secret(name, {"namespace": space.metadata.name}, values, opts)


def install(
    name: str,
    chart: Chart,
    space: k8s.core.v1.Namespace,
    values: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
) -> k8s.helm.v3.Release:
    """Install a chart with these values merged over its fixed ones, and wait until it is ready.

    A failed upgrade rolls back.
    """
    return k8s.helm.v3.Release(
        f"{name}-chart",
        name=chart.release,
        chart=chart.chart,
        version=chart.version,
        repository_opts=None if chart.repository is None else {"repo": chart.repository},
        namespace=space.metadata.name,
        values=merge(chart.values, values),
        # Helm installs crds/ once and never updates it: CRDs are installed separately.
        skip_crds=True,
        atomic=True,
        wait_for_jobs=True,
        timeout=600,
        max_history=5,
        opts=opts,
    )


def definitions(name: str, chart: Chart, opts: pulumi.ResourceOptions) -> k8s.helm.v4.Chart:
    """Install a chart of CRDs, each an object in the diff."""
    return k8s.helm.v4.Chart(
        name,
        chart=chart.chart,
        version=chart.version,
        values=chart.values or None,
        opts=pulumi.ResourceOptions.merge(opts, GUARDED),
    )


def child_of(part: pulumi.ComponentResource, args: PartArgs) -> pulumi.ResourceOptions:
    """Return the resource options of a part's children."""
    return pulumi.ResourceOptions(parent=part, depends_on=list(args["after"]))
