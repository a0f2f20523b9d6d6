"""Varnish between the edge and the storefront."""
