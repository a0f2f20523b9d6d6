"""The commands behind `make`: preview, up, down, cluster, admin-password, picture."""
