"""The commands behind `make`, such as preview, up, down, cluster and images."""
