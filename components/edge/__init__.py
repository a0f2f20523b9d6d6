"""The hosts of a shop, where they lead, and the certificate that browsers see."""

from components.edge.certificate import Certificate, CertificateArgs
from components.edge.edge import Edge, EdgeArgs

__all__ = ["Certificate", "CertificateArgs", "Edge", "EdgeArgs"]
