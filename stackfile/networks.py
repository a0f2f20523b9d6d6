"""The networks that are not on the internet: one list for policies, proxies and limits."""

from ipaddress import IPv4Network, IPv6Network

INSIDE = (
    *("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"),
    # Clouds hand these out to pods and Services when the ones above are used up.
    *("198.18.0.0/15", "240.0.0.0/4"),
    "fc00::/7",
)
"""Networks of nodes, pods, Services and data centres."""
LINK_LOCAL = ("169.254.0.0/16", "fe80::/10")
"""Addresses of the node itself: metadata services, and caches of DNS."""
LOOPBACK = ("127.0.0.0/8", "::1/128")
EVERYWHERE = ("0.0.0.0/0", "::/0")
_NAT64 = int(IPv6Network("64:ff9b::/96").network_address)
"""Networks that have IPv6 only reach IPv4 addresses below this prefix."""


def private_in(network: IPv4Network | IPv6Network) -> list[str]:
    """Return the private networks inside a larger one."""
    if isinstance(network, IPv4Network):
        private = [IPv4Network(cidr) for cidr in (*INSIDE, *LINK_LOCAL) if ":" not in cidr]
        return [str(each) for each in private if each != network and each.subnet_of(network)]
    behind = private_in(IPv4Network("0.0.0.0/0"))
    private = [
        *(IPv6Network(cidr) for cidr in (*INSIDE, *LINK_LOCAL) if ":" in cidr),
        *(_through_nat64(IPv4Network(cidr)) for cidr in behind),
    ]
    return [str(each) for each in private if each != network and each.subnet_of(network)]


def _through_nat64(network: IPv4Network) -> IPv6Network:
    return IPv6Network((_NAT64 | int(network.network_address), 96 + network.prefixlen))
