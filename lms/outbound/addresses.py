"""Which addresses of the network a request of ours may reach."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MAPPED_BY_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_6 = IPv6Network("2000::/3")
# Within what else counts as global: relays, tunnels, examples, and what a cloud answers at.
_NOT_FOR_US = [
    ip_network(each)
    for each in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
]
# Where services of a house stand; link-local is not among them, for there clouds keep secrets.
_INNER = [
    ip_network(each)
    for each in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
]
_METADATA = [ip_network("100.100.100.200/32"), ip_network("fd00:ec2::254/128")]


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open network, whatever it is wrapped in."""
    inner = _carried(address)
    if _within(inner, _NOT_FOR_US):
        return False
    return inner in _GLOBAL_6 if isinstance(inner, IPv6Address) else inner.is_global


def is_inner(address: Address) -> bool:
    """Whether a service of the house may stand there; only hosts that are listed are reached."""
    inner = _carried(address)
    return _within(inner, _INNER) and not _within(inner, _METADATA)


def _carried(address: Address) -> Address:
    # Mapped and NAT64 addresses lead to the IPv4 address they hold; other wrappings are refused.
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _MAPPED_BY_NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _within(address: Address, networks: list[Network]) -> bool:
    return any(address in each for each in networks)
