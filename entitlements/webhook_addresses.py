"""Which addresses of the network a message may go to: those that anybody on the internet may reach (D12)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
_NAT64 = IPv6Network("64:ff9b::/96")
_INSIDE = (IPv6Network("fec0::/10"), IPv6Network("3fff::/20"))
"""Those of single sites as they once were, and those of documentation, of which the library does not know."""


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may reach the address, also the one that is wrapped in it."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
        if any(address in network for network in _INSIDE):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def names_inside(host: str) -> bool:
    """Whether a host is written as an address that is not public; what a name points to shows at sending."""
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return host == "localhost"
