"""One SQL endpoint, inside or outside the cluster."""
