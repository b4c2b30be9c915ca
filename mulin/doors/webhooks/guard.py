"""Keeps webhooks out of the house's own network: what is resolved is checked, and that is connected to.

A name is looked up once for each request and the connection goes to the very address that was checked,
so a name that answers differently the second time gains nothing. Redirects are not followed.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10
# For everything together: an answer that drips a byte at a time would outlast any other timeout, and hold up
# what is sent to others.
LAST_SECONDS = 30


class Refused(Exception):
    """The address may not be used. `code` is stable: bad-url, not-https, unknown-host, private-address."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked address: connect to `ip`, speak to `host`."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str


def is_public(ip: str) -> bool:
    """Whether an address lies on the open internet, also when it is wrapped in an IPv6 one."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(str(inner))
        # Only 2000::/3 was ever given out for the internet; what else Python calls global may wrap an inner
        # address in a way that it does not know, as ::127.0.0.1 or the local 64:ff9b:1::/48.
        if address not in ipaddress.ip_network("2000::/3"):
            return False
    return address.is_global and not address.is_multicast


def check(url: str, *, allow_http: bool = False, allow_private: bool = False) -> Destination:
    """Parse, resolve and check an address; raises Refused. Every address that a name has must be allowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("bad-url") from error
    if not parts.hostname or parts.username or parts.password or parts.fragment or not url.isascii():
        raise Refused("bad-url")
    if any(c.isspace() or not c.isprintable() for c in url):
        raise Refused("bad-url")
    if parts.scheme != "https" and not (allow_http and parts.scheme == "http"):
        raise Refused("not-https")
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused("unknown-host") from error
    ips = [info[4][0] for info in found]
    if not ips:
        raise Refused("unknown-host")
    if not allow_private and not all(is_public(ip) for ip in ips):
        raise Refused("private-address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, parts.hostname, port, ips[0], path)


class _Plain(http.client.HTTPConnection):
    def __init__(self, to: Destination, timeout: float):
        super().__init__(to.host, to.port, timeout=timeout)
        self._ip = to.ip

    def connect(self) -> None:
        self.sock = socket.create_connection((self._ip, self.port), self.timeout)


class _Secure(http.client.HTTPSConnection):
    def __init__(self, to: Destination, timeout: float):
        self._tls = ssl.create_default_context()
        super().__init__(to.host, to.port, timeout=timeout, context=self._tls)
        self._ip = to.ip

    def connect(self) -> None:
        self.sock = socket.create_connection((self._ip, self.port), self.timeout)
        # The handshake apart, so that it too can be cut off from outside.
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def post(
    to: Destination,
    body: bytes,
    headers: dict[str, str],
    timeout: float = TIMEOUT_SECONDS,
    at_most: float = LAST_SECONDS,
) -> int:
    """Send a body to a checked address and give the HTTP status. Raises OSError or HTTPException; also when
    it is not done after `at_most` seconds, however busily the other side goes on."""
    connection = (_Secure if to.scheme == "https" else _Plain)(to, timeout)
    is_late = threading.Event()
    ending = threading.Timer(at_most, _cut, [connection, is_late])
    ending.daemon = True
    ending.start()
    try:
        connection.request("POST", to.path, body=body, headers=headers)
        status = connection.getresponse().status
        if is_late.is_set():  # headers that were cut in half still read as an answer
            raise TimeoutError("the answer took too long")
        return status
    finally:
        ending.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection, is_late: threading.Event) -> None:
    """End a conversation from outside: whoever waits for its next byte gets the end of it."""
    is_late.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
