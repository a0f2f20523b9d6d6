"""The hosts of a shop, where they lead, and the certificate that browsers see."""
