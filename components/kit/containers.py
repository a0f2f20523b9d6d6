"""How every container runs: restricted, bounded, and looked at by probes."""

import pulumi
import pulumi_kubernetes as k8s

from stackfile.values import Resources

PULL_POLICY = "IfNotPresent"
"""Images have a digest or an immutable tag, so a cached image is the right one."""
LEAVE_SECONDS = 10
"""How long a terminating pod keeps serving while it is removed from endpoints."""
LEAVE: k8s.core.v1.LifecycleArgsDict = {"pre_stop": {"sleep": {"seconds": LEAVE_SECONDS}}}
"""What a container that serves does before it is stopped."""


def drain_seconds(request_timeout: int) -> int:
    """Return the grace period: leaving endpoints, the longest request, and some slack."""
    return LEAVE_SECONDS + request_timeout + 10


def nginx_command(folder: str) -> list[str]:
    """Return the command that runs nginx with the nginx.conf of a folder.

    nginx alone listens on IPv4 only, and does not start where it is told to use IPv6 and the
    kernel has none: each `listen` gets a twin where there is an IPv6 address.
    """
    twin = r"s/^ *listen \([0-9].*\)$/&\n listen [::]:\1/"
    script = (
        f"{{ read -r _ </proc/net/if_inet6; }} 2>/dev/null && both='{twin}';"
        f' sed "$both" {folder}/nginx.conf >/tmp/nginx.conf &&'
        ' exec nginx -e /dev/stderr -c /tmp/nginx.conf -g "daemon off;"'
    )
    return ["sh", "-c", script]


def restricted_container(
    name: str, image: pulumi.Input[str], resources: Resources, scratch: str
) -> k8s.core.v1.ContainerArgsDict:
    """Return what every container has; `scratch` is the limit on its ephemeral storage."""
    return {
        "name": name,
        "image": image,
        "image_pull_policy": PULL_POLICY,
        "resources": container_resources(resources, scratch),
        "security_context": container_security(),
    }


def container_resources(
    resources: Resources, scratch: str
) -> k8s.core.v1.ResourceRequirementsArgsDict:
    """Return requests and limits, with a limit on ephemeral storage."""
    requests, limits = resources.requests, resources.limits
    return {
        "requests": {
            "cpu": requests.cpu,
            "memory": requests.memory,
            "ephemeral-storage": "64Mi",
        },
        "limits": {
            "cpu": limits.cpu,
            "memory": limits.memory,
            "ephemeral-storage": scratch,
        },
    }


def container_security() -> k8s.core.v1.SecurityContextArgsDict:
    """Return the security context of every container."""
    return {
        "allow_privilege_escalation": False,
        "capabilities": {"drop": ["ALL"]},
        "privileged": False,
        "read_only_root_filesystem": True,
        "run_as_non_root": True,
    }


def probe(
    action: k8s.core.v1.ProbeArgsDict, *, period: int, failures: int, timeout: int = 5
) -> k8s.core.v1.ProbeArgsDict:
    """Return a probe; it gives up after `period * failures` seconds."""
    return {
        **action,
        "period_seconds": period,
        "failure_threshold": failures,
        "timeout_seconds": timeout,
    }


def http(path: str, port: int) -> k8s.core.v1.ProbeArgsDict:
    """Return the action of an HTTP probe."""
    return {"http_get": {"path": path, "port": port}}


def command(*words: str) -> k8s.core.v1.ProbeArgsDict:
    """Return the action of a probe that runs a command in the container."""
    return {"exec_": {"command": list(words)}}
