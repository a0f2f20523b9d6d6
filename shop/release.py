"""Rows of OpenMage's configuration table that production needs; the Release writes them."""

import json
from collections.abc import Sequence
from typing import NotRequired, TypedDict

from shop.render import VirtualHost
from stackfile.tables import tables

_FIXED = tables(__file__, dict[str, str])
"""Values of every shop, by their paths."""


class Store(TypedDict):
    """Settings of the release."""

    shop_host: str
    """Host of the default store."""
    sites: Sequence[VirtualHost]
    """Further hosts, each with the store view or website that it shows."""
    admin_host: str
    """Host of the admin area."""
    secure: bool
    """Whether visitors use https; if so, all URLs are https."""
    locale: str
    """Language and country, such as `de_AT`."""
    timezone: str
    """Name of the time zone, such as `Europe/Vienna`."""
    currency: str
    """ISO code of the currency."""
    username: str
    """User name of the first administrator."""
    email: str
    """E-mail address of the first administrator."""
    first_name: str
    """First name of the first administrator."""
    last_name: str
    """Last name of the first administrator."""
    converted_engines: NotRequired[Sequence[str]]
    """Storage engines whose tables the release converts to InnoDB."""


class Row(TypedDict):
    """One row of core_config_data."""

    scope: str
    """`default` or `stores`."""
    scope_id: int
    """Number of the store; 0 in scope `stores` is the admin area."""
    path: str
    """What is configured."""
    value: str
    """Its value, as text."""


def config_rows(store: Store) -> list[Row]:
    """Return the rows, in the order of their paths."""
    flag = "1" if store["secure"] else "0"
    plain = "https" if store["secure"] else "http"
    # Without TLS the secure URL is still https, so that https requests do not loop.
    shop = {"unsecure": f"{plain}://{store['shop_host']}/", "secure": _https(store["shop_host"])}
    admin = {"unsecure": f"{plain}://{store['admin_host']}/", "secure": _https(store["admin_host"])}
    default = {
        **_FIXED,
        "admin/url/custom": f"{plain}://{store['admin_host']}/",
        "web/secure/base_url": shop["secure"],
        "web/secure/use_in_adminhtml": flag,
        "web/secure/use_in_frontend": flag,
        "web/unsecure/base_url": shop["unsecure"],
        "general/locale/code": store["locale"],
        "general/locale/timezone": store["timezone"],
        "currency/options/allow": store["currency"],
        "currency/options/base": store["currency"],
        "currency/options/default": store["currency"],
    }
    if not store["secure"]:
        # With OpenMage's default, None, browsers only send cookies over https: without TLS
        # signing in would be impossible.
        default["web/cookie/cookie_samesite"] = "Lax"
    # The admin store has its own base URLs, so its pages stay on its host.
    stores = {f"web/{kind}/base_url": url for kind, url in admin.items()}
    return [
        {"scope": scope, "scope_id": 0, "path": path, "value": value}
        for scope, rows in (("default", default), ("stores", stores))
        for path, value in sorted(rows.items())
    ]


def release_settings(store: Store) -> str:
    """Return release.json for the release script; it contains no secrets."""
    return json.dumps(
        {
            "locale": store["locale"],
            "timezone": store["timezone"],
            "currency": store["currency"],
            "username": store["username"],
            "email": store["email"],
            "firstName": store["first_name"],
            "lastName": store["last_name"],
            "config": config_rows(store),
            "convertedEngines": list(store.get("converted_engines", ())),
            "stores": [_site(site, secure=store["secure"]) for site in store["sites"]],
        },
        indent=2,
    )


def _site(site: VirtualHost, *, secure: bool) -> dict[str, str]:
    """Return a store's base URLs; the release looks up the id of its code."""
    return {
        "code": site["code"],
        "type": site["type"],
        "unsecure": f"{'https' if secure else 'http'}://{site['host']}/",
        "secure": _https(site["host"]),
    }


def _https(host: str) -> str:
    return f"https://{host}/"
