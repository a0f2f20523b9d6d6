"""Configuration files of phpMyAdmin."""

from shop._templates import TEMPLATES


def phpmyadmin_apache(memory_limit: int) -> str:
    """Return the whole Apache configuration; `memory_limit` is PHP's, in bytes."""
    return TEMPLATES.get_template("phpmyadmin.conf.j2").render(memory_limit=memory_limit)
