"""Instance names of the components that others refer to: said once, by the program."""

STOREFRONT = "storefront"
ADMIN = "admin"
FRONTEND_CACHE = "frontend-cache"
PHPMYADMIN = "phpmyadmin"
EDGE = "edge"
