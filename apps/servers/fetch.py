"""Fetches a video from an address that a client names, from public machines only.

The server may reach machines that the client may not. So the name is looked up once, every address it has must be
public, and the connection goes to an address that was checked: a name that is looked up differently a moment later
(DNS rebinding) gains nothing. Redirects are followed by hand, each checked alike. Proxies of the environment are not
used: they would look names up themselves.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from ...video.errors import UsageError, VidprogError
from .guard import too_large

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
HOPS = 5
PATIENCE = 20.0
"""Seconds for one step of a connection."""
BLOCK = 2**16
HEADERS = {"User-Agent": "vidprog", "Accept-Encoding": "identity"}
REDIRECTS = frozenset([301, 302, 303, 307, 308])
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public network, whatever it is wrapped in.

    Example:
        >>> [is_public(ipaddress.ip_address(text)) for text in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1")]
        [True, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def look_up(host: str, port: int) -> list[Address]:
    """All addresses of a host.

    Raises:
        OSError: It has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found))


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches addresses.

    Attributes:
        largest: Bytes of a video at most.
        seconds: For all of a video.
        allowed: Which machines may be asked.
        look_up: Host and port -> addresses.
    """

    largest: int
    seconds: float = 300.0
    allowed: Callable[[Address], bool] = is_public
    look_up: Callable[[str, int], list[Address]] = look_up

    def fetch(self, url: str) -> Iterator[bytes]:
        """The bytes behind an address.

        Args:
            url: ``http://`` or ``https://``.

        Raises:
            VidprogError: ``server.url`` when it may not be fetched, ``server.fetch`` when it cannot be,
                ``server.size`` when there is too much.
        """
        end = time.monotonic() + self.seconds
        for _ in range(HOPS):
            with self._opened(url, end) as reply:
                if reply.status not in REDIRECTS:
                    yield from self._read(reply, end)
                    return
                target = urljoin(url, reply.headers.get("location", ""))
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                raise _refused("a redirect leads from https to another scheme")
            url = target
        raise _refused(f"more than {HOPS} redirects")

    @contextmanager
    def _opened(self, url: str, end: float) -> Iterator[http.client.HTTPResponse]:
        parts = _checked(url)
        try:
            connection = self._connected(parts)
            timer = threading.Timer(max(0.0, end - time.monotonic()), _hang_up, [connection.sock])
            timer.start()
            try:
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("GET", target, headers={**HEADERS, "Host": parts.netloc})
                yield connection.getresponse()
            finally:
                timer.cancel()
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            message = f"{parts.hostname} cannot be fetched from: {type(error).__name__}"
            raise VidprogError(
                message, code="server.fetch", hint="Download it and put it into a served directory."
            ) from error

    def _connected(self, parts: SplitResult) -> http.client.HTTPConnection:
        """A connection to an address that was checked."""
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        addresses = self.look_up(host, port)
        if not addresses or not all(map(self.allowed, addresses)):
            raise _refused(f"{host} is not a public machine")
        opened = socket.create_connection((str(addresses[0]), port), timeout=PATIENCE)
        if secure:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        connection.sock = opened
        return connection

    def _read(self, reply: http.client.HTTPResponse, end: float) -> Iterator[bytes]:
        if reply.status != 200:
            raise VidprogError(f"the server says {reply.status}", code="server.fetch", hint="Check the address.")
        if (reply.length or 0) > self.largest:
            raise too_large(self.largest)
        while block := reply.read1(BLOCK):
            yield block
        if reply.length or time.monotonic() >= end:  # a connection that was ended looks like one that is done
            raise ConnectionError("it broke off, or took too long")


def _hang_up(opened: socket.socket) -> None:
    """End a connection that takes too long, also one on which something small arrives again and again."""
    with suppress(OSError):  # it has ended just now
        opened.shutdown(socket.SHUT_RDWR)


def _checked(url: str) -> SplitResult:
    """The parts of an address.

    Raises:
        UsageError: It is none that is fetched.
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise _refused("it cannot be read") from None
    if not fine or parts.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise _refused("only plain http and https addresses are fetched")
    return parts


def _refused(why: str) -> UsageError:
    return UsageError(f"this address is not fetched: {why}", code="server.url", hint="Send the video itself.")
