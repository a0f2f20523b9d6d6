"""Settings of what the shop's code may reach."""

from typing import Annotated

from pydantic import Field

from stackfile.section import Section
from stackfile.types import Cidr, Port


class Egress(Section):
    """A network that the shop's code may reach."""

    cidr: Cidr
    ports: Annotated[tuple[Port, ...], Field(min_length=1, examples=[[443, 8443]])]
    """TCP ports."""


class Network(Section):
    """Egress of the shop's code outside its namespace."""

    egress: tuple[Egress, ...] = (Egress.model_construct(cidr="0.0.0.0/0", ports=(443,)),)
    """Default: https to the internet, for payment providers and the like. Private networks are
    excluded from larger ones, so that no other pods and no metadata service can be reached."""
