"""Whose address counts: that of the citizen, and never one that anybody may write into a header."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.address import peer

NGINX = "172.18.0.5"
CASES = {
    "no proxy": (("8.8.8.8", [], 0), "8.8.8.8"),
    "a claim without a proxy": (("8.8.8.8", ["1.2.3.4"], 0), "8.8.8.8"),
    "one proxy": ((NGINX, ["1.2.3.4"], 1), "1.2.3.4"),
    "one proxy on the same machine": (("127.0.0.1", ["1.2.3.4"], 1), "1.2.3.4"),
    "a claim before the proxy's entry": ((NGINX, ["6.6.6.6", " 1.2.3.4"], 1), "1.2.3.4"),
    "two proxies": ((NGINX, ["6.6.6.6", "1.2.3.4", "100.64.0.1"], 2), "1.2.3.4"),
    "fewer entries than proxies": ((NGINX, ["1.2.3.4"], 2), NGINX),
    "an entry with a port": ((NGINX, ["1.2.3.4:5678"], 1), "1.2.3.4"),
    "an entry that is no address": ((NGINX, ["unknown"], 1), NGINX),
    "our own machine": (("127.0.0.1", [], 0), None),
    "our own machine by IPv6": (("::1", [], 0), None),
    "a unix socket": (("", [], 0), None),
    "IPv6 by its net": (("2408:8456:1:2:3:4:5:6", [], 0), "2408:8456:1:2::/64"),
    "IPv6 with a port": ((NGINX, ["[2408:8456:1:2::7]:443"], 1), "2408:8456:1:2::/64"),
    "IPv6 with a zone": (("fe80::1%eth0", [], 0), "fe80::/64"),
    "IPv4 in IPv6": (("::ffff:1.2.3.4", [], 0), "1.2.3.4"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_address_is_the_one_that_our_own_proxies_saw(case):
    asked, address = CASES[case]
    assert peer(*asked) == address


@given(st.lists(st.text(max_size=20)), st.ip_addresses(v=4).filter(lambda address: not address.is_loopback))
def test_what_is_written_before_our_own_entry_changes_nothing(invented, citizen):
    assert peer(NGINX, [*invented, str(citizen)], 1) == str(citizen)


@given(st.text(max_size=30), st.lists(st.text(max_size=30)), st.integers(0, 5))
def test_nonsense_gives_an_address_or_none(caller, forwarded, proxies):
    found = peer(caller, forwarded, proxies)
    assert found is None or ipaddress.ip_network(found)


@given(st.ip_addresses(v=6).filter(lambda a: not a.ipv4_mapped and not a.is_loopback), st.integers(0, 2**64 - 1))
def test_all_addresses_of_one_ipv6_net_are_one(address, host):
    other = ipaddress.IPv6Address((int(address) >> 64 << 64) | host)
    if not other.is_loopback:
        assert peer(str(address), [], 0) == peer(str(other), [], 0)
