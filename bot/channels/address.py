"""Where a request comes from: the address of a citizen, not of our own proxies, and not what anybody claims."""

from __future__ import annotations

import ipaddress

from sanic.request import Request

_NET = 64  # bits; the rest of an IPv6 address is chosen by whoever has it


def address_of(request: Request, proxies: int) -> str | None:
    """The address of who asks, behind `proxies` proxies of our own; None where it is not known.

    Each proxy adds the address that called it to the end of X-Forwarded-For, so only the last `proxies` entries are ours and
    the first of those is the citizen's; what stands before them can be invented.
    """
    forwarded = [entry for line in request.headers.getall("x-forwarded-for", ()) for entry in line.split(",")]
    return peer(request.conn_info.client_ip or "", forwarded, proxies)


def peer(caller: str, forwarded: list[str], proxies: int) -> str | None:
    """The same of the address that called us and the entries of X-Forwarded-For.

    Where they are fewer than our proxies, the request has not come through all of them, and the caller itself counts. Our own
    machine is nobody's address: with `proxies` left at 0 behind a proxy on it, everybody would share one bucket.
    """
    claimed = forwarded[-proxies] if 0 < proxies <= len(forwarded) else caller
    found = _read(claimed) or _read(caller)
    if found is None or found.is_loopback:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _NET), strict=False))
    return str(found)


def _read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, perhaps with a port (1.2.3.4:5, [::1]:5) or a zone (fe80::1%eth0)."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found
