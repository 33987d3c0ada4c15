"""Which addresses are open, which are the house's own, and which lead nowhere."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.outbound import addresses, target
from lms.outbound.target import Refused

PUBLIC = ["8.8.8.8", "203.0.114.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
INNER = [
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "127.0.0.1",
    "127.9.9.9",
    "100.64.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:10.1.2.3",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
]
NEITHER = [
    "0.0.0.0",  # noqa: S104  # not bound to
    "169.254.169.254",
    "169.254.1.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "100::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "64:ff9b:1::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert addresses.is_public(ip_address(text))
    assert not addresses.is_inner(ip_address(text))


@pytest.mark.parametrize("text", INNER)
def test_inner(text: str) -> None:
    assert not addresses.is_public(ip_address(text))
    assert addresses.is_inner(ip_address(text))


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert not addresses.is_public(ip_address(text))
    assert not addresses.is_inner(ip_address(text))


@given(st.ip_addresses())
def test_public_is_never_what_python_calls_private(address: addresses.Address) -> None:
    if addresses.is_public(address):
        inner = getattr(address, "ipv4_mapped", None) or address
        assert not any((inner.is_private, inner.is_link_local, inner.is_multicast))
        assert not addresses.is_inner(address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_by_what_it_holds(address: addresses.Address) -> None:
    mapped, translated = ip_address(f"::ffff:{address}"), ip_address(f"64:ff9b::{address}")
    for each in (mapped, translated):
        assert addresses.is_public(each) == addresses.is_public(address)
        assert addresses.is_inner(each) == addresses.is_inner(address)


def test_hosts_are_listed_with_or_without_a_port() -> None:
    assert target.listed("") == frozenset()
    assert target.listed("TSA.inst.example, other.example:8443,[fd00::1]:444") == {
        ("tsa.inst.example", 443),
        ("other.example", 8443),
        ("fd00::1", 444),
    }
    for wrong in ("https://x.example", "x.example/path", "a b", "user@x.example"):
        with pytest.raises(Refused):
            target.listed(wrong)
