"""Settings of the images that the pods run."""

from stackfile.section import Section
from stackfile.types import DnsName, ImageReference


class Images(Section):
    """Container images."""

    php: ImageReference
    """The shop's code under /var/www/html, with php-fpm; with Apache and mod_php where
    `web.topology` is `apache`."""
    nginx: ImageReference | None = None
    """nginx with the shop's static files under the same path, for `frontendCache.terminator` as
    well; default: the image `php`, if that carries both. With `web.topology` `apache`
    only the terminator uses it, and then it is required."""
    mariadb: ImageReference = "docker.io/library/mariadb:11.8"
    """MariaDB; unused if `database.mode` is `external`."""
    valkey: ImageReference = "docker.io/valkey/valkey:8.1-alpine"
    """Valkey, for sessions and cache; Redis if `cache.engine` is `redis`."""
    varnish: ImageReference = "docker.io/library/varnish:7.7-alpine"
    """Varnish, if `frontendCache.mode` is `varnish`."""
    phpmyadmin: ImageReference = "docker.io/library/phpmyadmin:5.2-apache"
    """phpMyAdmin, if it is enabled."""
    pull_secrets: tuple[DnsName, ...] = ()
    """Names of existing Secrets with registry credentials; for others than the program makes from
    the secret key `registryCredentials`."""
