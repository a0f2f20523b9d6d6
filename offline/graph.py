"""The resources that a run registered, with their parents, protection and dependencies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackfile.merge import mapped

_STACK = "pulumi:pulumi:Stack"
_PROVIDER = "pulumi:providers:"


@dataclass(frozen=True)
class Secret:
    """A value that the program marked as secret."""

    value: Any


@dataclass(frozen=True)
class Resource:
    """One registered resource."""

    urn: str
    type: str
    name: str
    custom: bool
    parent: str
    inputs: Mapping[str, Any]
    """Inputs as sent to the engine, with secrets wrapped in `Secret`."""
    protect: bool
    retain_on_delete: bool
    provider: str
    aliases: tuple[str, ...]
    ignore_changes: tuple[str, ...]
    depends_on: tuple[str, ...]
    """URNs of the resources it depends on, explicitly or through outputs."""
    custom_timeouts: Mapping[str, str] = field(default_factory=dict[str, str])
    """How long the engine waits, by `create`, `update` and `delete`; without those it leaves as
    they are."""
    additional_secret_outputs: tuple[str, ...] = ()
    """Outputs that are secret whatever they are made of."""
    replace_on_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False
    deleted_with: str = ""
    """URN of the resource with which this one goes by itself."""

    @property
    def kind(self) -> str:
        """Kubernetes kind, or the class of the resource."""
        return self.type.rsplit(":", 1)[-1]

    @property
    def is_provider(self) -> bool:
        """Whether it is a provider."""
        return self.type.startswith(_PROVIDER)

    @property
    def is_stack(self) -> bool:
        """Whether it is the stack itself."""
        return self.type == _STACK


@dataclass
class Graph:
    """All resources of one run."""

    resources: dict[str, Resource] = field(default_factory=dict[str, Resource])
    finished: set[str] = field(default_factory=set[str])
    """URNs of the components that registered their outputs."""
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Final name of each Kubernetes object, by URN."""
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """What each component, and the stack, gave out at its end, by URN; secrets wrapped."""

    def __iter__(self) -> Iterator[Resource]:
        """Return all resources except the stack itself, in order of registration."""
        return (resource for resource in self.resources.values() if not resource.is_stack)

    @property
    def exports(self) -> Mapping[str, Any]:
        """Outputs of the stack, secrets wrapped in `Secret`."""
        [stack] = [urn for urn, resource in self.resources.items() if resource.is_stack]
        return self.outputs.get(stack, {})

    @property
    def providers(self) -> list[Resource]:
        """What talks to clusters and to other services."""
        return [resource for resource in self if resource.is_provider]

    @property
    def components(self) -> list[Resource]:
        """Component resources."""
        return [resource for resource in self if not resource.custom]

    @property
    def orphans(self) -> list[Resource]:
        """Custom resources without a component as parent."""
        return [each for each in self if each.custom and self.component_of(each) is None]

    def component_of(self, resource: Resource) -> Resource | None:
        """Return the component that a resource is in; None outside of all."""
        parent = self.resources.get(resource.parent)
        return parent if parent and not parent.is_stack else None

    def children_of(self, name: str) -> list[Resource]:
        """Return the resources inside a component."""
        return [
            resource
            for resource in self
            if (parent := self.component_of(resource)) and parent.name == name
        ]

    def of(self, kind: str) -> list[Resource]:
        """Return all resources of a kind."""
        return [resource for resource in self if resource.kind == kind]

    def provider_of(self, resource: Resource) -> Resource | None:
        """Return the provider that a resource names; None where it is left to the engine."""
        # A reference is the provider's URN and its id.
        return self.resources.get(resource.provider.rpartition("::")[0])

    def one(self, kind: str, name: str) -> Resource:
        """Return the one resource of that kind and name."""
        [found] = [resource for resource in self.of(kind) if resource.name == name]
        return found


def plain(value: Any) -> Any:
    """Return a value with secrets unwrapped."""
    return mapped(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def masked(value: Any, mask: str = "[secret]") -> Any:
    """Return a value with secrets masked."""
    return mapped(value, lambda leaf: mask if isinstance(leaf, Secret) else leaf)
