"""Ports, paths and sizes on which pods and the files in them agree.

Templates have each of them under its name in lower case.
"""

HTTP_PORT = 8080
"""Port that nginx, Apache or Varnish serves visitors on."""
HTTPS_PORT = 8443
"""Port of nginx in front of Varnish, where it terminates TLS."""
PRIVATE_PORT = 8081
"""Port of probes and status; no Service leads to it."""
VARNISH_PORT = 8000
"""Port of Varnish behind nginx, inside of the pod only."""
PURGE_PORT = 8082
"""Port of Varnish for probes and purges; no route leads to it."""
FPM_PORT = 9000
"""Port of php-fpm."""
FPM_STATUS_PORT = 9001
"""Port of php-fpm's status pool, inside the pod only."""
MARIADB_PORT = 3306
"""Port of MariaDB."""
VALKEY_PORT = 6379
"""Port of Valkey."""

CODE = "/var/www/html"
"""Path of the shop's code in the images."""
ETC = "/etc/openmage"
"""Where containers find their files."""
NGINX_FILES = f"{ETC}/nginx"
"""Folder with the files of nginx in a web pod."""
APACHE_FILES = f"{ETC}/apache"
"""Folder with the files of Apache."""
FRONTEND_CACHE_FILES = f"{ETC}/frontend"
"""Folder with the files of Varnish, and of nginx in front of it."""
BASIC_AUTH_FILES = f"{ETC}/access"
"""Folder with htpasswd."""
TLS_FILES = f"{ETC}/tls"
"""Folder with the certificate and its key."""
HEALTH_PATH = "/openmage-health"
"""Path of a web server that answers without PHP."""

UPLOAD_MEGABYTES = 64
"""Maximum upload; OpenMage's own product imports and media stay well below it."""
OPCACHE_MEGABYTES = 192
"""Compiled code of the shop, in the memory that PHP's processes share."""
PHPMYADMIN_OPCACHE_MEGABYTES = 32
"""The same of phpMyAdmin."""
