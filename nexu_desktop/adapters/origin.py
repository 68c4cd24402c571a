"""The one parser of base URLs: what is checked here is, character for character, what is sent to.

URL parsers disagree about hosts such as `2130706433`, so anything that two of them could read differently
is refused instead of guessed.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import httpx

from nexu_desktop.domain.errors import BadInput

LONGEST = 2048

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\\]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Write it like https://api.example.com/v1."
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """`url` has no trailing slash; `origin` is scheme://host[:port]; `host_shown` is punycode, never look-alikes."""

    url: str
    origin: str
    host_shown: str
    is_loopback: bool

    @property
    def is_secure(self) -> bool:
        return self.url.startswith("https:")


def normalise_base_url(text: str) -> BaseUrl:
    """Raises BadInput, and nothing else, for an address that is not safe or not clear."""
    url = _parse(text.strip().strip("\u200b\ufeff"))
    _refuse_extras(url)
    host = url.raw_host.decode("ascii", "replace")
    address = _address(host)
    loopback = host == "localhost" or (address is not None and address.is_loopback)
    if url.scheme == "http" and not loopback:
        raise BadInput(
            f"http:// would send the key to {host} unprotected.",
            "Use https://; http:// is for this machine only.",
        )
    origin = origin_of(url)
    path = url.raw_path.decode("ascii", "replace").rstrip("/")
    return BaseUrl(origin + path, origin, origin.split("://", 1)[1], loopback)


def origin_of(url: httpx.URL) -> str:
    """scheme://host[:port], IDNA-encoded, without the default port."""
    host = url.raw_host.decode("ascii", "replace")
    if ":" in host:
        host = f"[{_compressed(host)}]"
    # httpx drops the default port itself, but not after a scheme in capitals.
    default = url.port is None or url.port == _DEFAULT_PORTS.get(url.scheme)
    return f"{url.scheme}://{host}" + ("" if default else f":{url.port}")


def _compressed(host: str) -> str:
    """One spelling for one IPv6 address, so that origins can be compared as text."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host


def _parse(text: str) -> httpx.URL:
    shown = f"“{_UNPRINTABLE.sub('�', text)[:60]}”"
    if not text:
        raise BadInput("The address is empty.", _EXAMPLE)
    if len(text) > LONGEST or _UNPRINTABLE.search(text):
        raise BadInput(
            f"The address {shown} is too long or has characters that do not belong there.", _EXAMPLE
        )
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise BadInput(f"The address {shown} does not begin with https://.", _EXAMPLE)
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: UnicodeError and ipaddress inside httpx
        raise BadInput(f"The address {shown} cannot be read.", _EXAMPLE) from error
    return url


def _refuse_extras(url: httpx.URL) -> None:
    if url.userinfo or "@" in url.netloc.decode("ascii", "replace"):
        raise BadInput(
            "The address holds a name or password.", "Leave them out and paste the key in its own field."
        )
    if url.query or url.fragment or "?" in str(url) or "#" in str(url):
        raise BadInput("The address holds a query (“?” or “#”).", _EXAMPLE)
    if url.port is not None and not 0 < url.port < 65536:
        raise BadInput(f"{url.port} is not a port.", "Use a number from 1 to 65535, or leave it out.")


def _address(host: str) -> Address | None:
    """The IP address that `host` is, None for a name. Raises BadInput for what is neither, or is dangerous."""
    try:
        address: Address | None = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is not None:
        _refuse_special(address)
    elif not _is_name(host):
        raise BadInput(f"“{host[:60]}” is not a host name or an IP address in the usual form.", _EXAMPLE)
    return address


def _is_name(host: str) -> bool:
    """A DNS name; a last label that looks like a number could be read as an IPv4 address by someone."""
    labels = host.split(".")
    return (
        len(host) <= 253
        and all(_LABEL.fullmatch(label) for label in labels)
        and not _NUMERIC.fullmatch(labels[-1])
    )


def _refuse_special(address: Address) -> None:
    embeds_ipv4 = isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped is not None
        or address.sixtofour is not None
        or address.teredo is not None
        or address.scope_id is not None
        or address in _NAT64
    )
    if embeds_ipv4:
        raise BadInput(f"{address} hides another address.", "Write the plain IP address or a host name.")
    if address.is_loopback:
        return
    metadata = address == ipaddress.IPv6Address("fd00:ec2::254")
    this_network = isinstance(address, ipaddress.IPv4Address) and address.packed[0] == 0
    if (
        metadata
        or this_network
        or (address.is_link_local or address.is_unspecified or address.is_multicast or address.is_reserved)
    ):
        raise BadInput(f"{address} is not the address of a model service.", _EXAMPLE)
