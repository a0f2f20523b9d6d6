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
    """What the shop's code may reach outside of its namespace."""

    egress: tuple[Egress, ...] = (Egress.model_construct(cidr="0.0.0.0/0", ports=(443,)),)
    """Default: https to the internet, for payment and the like. Private networks are left out of
    a network that contains them, so that nobody else's pods or metadata can be reached."""
