"""Which proxy a connection takes, decided by us: the HTTP library knows neither CIDR nor our loopback rule."""

from __future__ import annotations

import ipaddress
import os
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from nexu_desktop.adapters.origin import BaseUrl
from nexu_desktop.domain.errors import BadInput


def system_proxies() -> Mapping[str, str]:
    """`http`, `https`, `all`, `no` from the environment, else from the system (macOS, Windows)."""
    return urllib.request.getproxies()


def proxy_for(base: BaseUrl, proxies: Mapping[str, str]) -> httpx.Proxy | None:
    """Loopback never takes a proxy. Raises BadInput for a proxy this program cannot use."""
    if base.is_loopback:
        return None
    scheme, address = base.origin.split("://", 1)
    host = urlsplit(base.origin).hostname or address
    text = proxies.get(scheme) or proxies.get("all")
    if not text or _excluded(host, proxies):
        return None
    return _proxy(text if "://" in text else "http://" + text)


def _proxy(text: str) -> httpx.Proxy:
    try:
        proxy = httpx.Proxy(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise BadInput("The proxy address of this system cannot be read.", "Check HTTPS_PROXY.") from error
    if proxy.url.scheme not in ("http", "https") or not proxy.url.host:
        raise BadInput(
            "The proxy of this system is not an HTTP proxy.",
            "Set HTTPS_PROXY to an address like http://proxy:3128.",
        )
    return proxy


def _excluded(host: str, proxies: Mapping[str, str]) -> bool:
    if any(_matches(host, entry.strip().lower()) for entry in proxies.get("no", "").split(",")):
        return True
    if os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or "no" in proxies:
        return False
    return bool(urllib.request.proxy_bypass(host))  # the exceptions of the system's own settings


def _matches(host: str, entry: str) -> bool:
    if not entry:
        return False
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        name = entry.split(":")[0].removeprefix("*").lstrip(".")
        return bool(name) and (host == name or host.endswith("." + name))
