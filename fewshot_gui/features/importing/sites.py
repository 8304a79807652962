"""The site of a web address: what a person agrees to, and the only host that is then contacted."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# Also of an IPv6 address. No `%`: urllib would decode it, and contact another host than is shown.
_HOST: Final = re.compile(r"[a-z0-9._:-]{1,253}")
_OWN_NAMES: Final = (".local", ".localhost", ".lan", ".internal", ".home.arpa")
"""RFC 6761, 6762 and 8375, and what routers use beside them."""


def site_of(address: str) -> str:
    """The host of an address, in lower case and ASCII, with its port unless that is the default; empty if the
    address needs no host, or has no valid one."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    usual = _DEFAULT_PORTS.get(parts.scheme.lower())
    if usual is None or not _HOST.fullmatch(host):
        return ""
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, usual) else f"{name}:{port}"


def is_local_site(site: str) -> bool:
    """Whether a site's name is one of this computer or its own network."""
    host = (urlsplit(f"//{site}").hostname or "").rstrip(".")
    try:
        return is_local_address(host)
    except ValueError:
        return "." not in host or host.endswith(_OWN_NAMES)


def is_local_address(number: str) -> bool:
    """Whether an IP address is one of this computer or its own network. Raises `ValueError` if it is none."""
    return not ip_address(number).is_global
