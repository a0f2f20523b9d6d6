"""The commands behind `make`: preview, up, down, cluster, passwords, picture."""
