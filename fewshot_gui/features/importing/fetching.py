"""Downloads pictures by their web addresses, only after a person has agreed.

The request names this program and nothing else: no cookies, no referrer. It goes to the site that the person
agreed to and to no other, and into the person's own network only if that was agreed to.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import io
import queue
import socket
import threading
import urllib.error
from collections.abc import Generator
from functools import partial
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes, urlsplit
from urllib.request import (
    AbstractHTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from engine.errors import FewshotError
from engine.messages import Message
from engine.visible import visible
from fewshot_gui.features.importing.sites import is_local_address, is_local_site, site_of

MAX_BYTES: Final = 30 * 2**20
MAX_SECONDS: Final = 60
SILENT_SECONDS: Final = 10
"""How long a host may send nothing."""

_LONGEST_REASON: Final = 200
_CHUNK = 2**16


def fetch(address: str) -> Generator[int, None, bytes]:
    """Download an http, https or data address; yields the number of bytes so far and returns the content.

    Raises `FewshotError` if it is larger than `MAX_BYTES`, takes longer than `MAX_SECONDS`, is redirected to
    another site, or cannot be had.
    """
    if address.lower().startswith("data:"):
        return _data_url_content(address)
    if not site_of(address):
        raise FewshotError("It could not be fetched, because it is no web address.")
    until = monotonic() + MAX_SECONDS
    yield 0
    try:
        safe = quote(address, safe="%/:=&?~#+!$,;'@()*[]")
        request = Request(safe, headers={"User-Agent": "Fewshot", "Accept": "image/*"})
        parts = []
        size = 0
        with _opener(until).open(request, timeout=SILENT_SECONDS) as answer:
            while chunk := answer.read1(_CHUNK):
                parts.append(chunk)
                size += len(chunk)
                if size > MAX_BYTES:
                    raise FewshotError(
                        "It is larger than {n} MiB; save it in the browser and add the file.",
                        n=MAX_BYTES // 2**20,
                    )
                yield size
        return b"".join(parts)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # the exception is also the response
        if monotonic() > until:
            raise FewshotError("It took longer than {n} seconds; try it again.", n=MAX_SECONDS) from error
        reason = getattr(error, "reason", "") or error
        raise _not_fetched(visible(str(reason)[:_LONGEST_REASON])) from error


def _not_fetched(reason: Message | str) -> FewshotError:
    return FewshotError(
        "It could not be fetched ({reason}); save it in the browser and add the file.", reason=reason
    )


class _SameSiteRedirects(HTTPRedirectHandler):
    """Follows a few redirects within the site that was agreed to."""

    max_redirections = 5

    def redirect_request(
        self, request: Request, file: Any, code: int, message: str, headers: Any, address: str
    ) -> Request | None:
        schemes = urlsplit(request.full_url).scheme, urlsplit(address).scheme
        # A redirect to another site, or from https to http, was not agreed to.
        if site_of(address) != site_of(request.full_url) or schemes == ("https", "http"):
            place = visible((site_of(address) or address)[:_LONGEST_REASON])
            raise _not_fetched(Message("redirected to {address}", address=place))
        file.close()  # urllib would read the body to its end, however long it is
        return super().redirect_request(request, file, code, message, headers, address)


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket until a deadline, however slowly the bytes arrive."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket, until: float) -> None:
        self._raw, self._connection, self._until = raw, connection, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(min(left, SILENT_SECONDS))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response that must be complete at the deadline, with its head."""

    def __init__(self, until: float, connection: socket.socket, *options: Any, **named: Any) -> None:
        super().__init__(connection, *options, **named)
        self.fp = io.BufferedReader(_DeadlineReader(self.fp.detach(), connection, until))


class _DeadlineHandler(AbstractHTTPHandler):
    def __init__(self, until: float) -> None:
        super().__init__()
        self._until = until

    def do_open(self, http_class: Any, req: Request, **http_conn_args: Any) -> http.client.HTTPResponse:
        asked = urlsplit(req.full_url).netloc
        # A proxy may be on any network: it is the person's own setting.
        may_be_local = is_local_site(asked) or req.host != asked

        def connect(host: str, **more: Any) -> Any:  # the attributes that are set below are private
            connection = http_class(host, **more)
            connection.response_class = partial(_Response, self._until)
            connection._create_connection = partial(_connected, self._until, may_be_local)
            return connection

        return super().do_open(connect, req, **http_conn_args)


def _connected(until: float, may_be_local: bool, address: tuple[str, int], *_: object) -> socket.socket:
    """Like `socket.create_connection`, with a deadline, and only to addresses that were agreed to."""
    refusal: OSError | None = None
    for family, kind, protocol, _name, place in _resolved(*address, until):
        if not may_be_local and is_local_address(str(place[0])):
            raise _not_fetched(Message("{host} leads into your own network", host=address[0]))
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(0.001, min(until - monotonic(), SILENT_SECONDS)))
            connection.connect(place)
        except OSError as error:
            connection.close()
            refusal = error
        else:
            return connection
    raise refusal or OSError


def _resolved(host: str, port: int, until: float) -> list[Any]:
    """Like `socket.getaddrinfo`, which may take minutes without a name server; at the deadline it is left
    behind on a thread of its own."""
    answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:  # ValueError: no valid name according to IDNA
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0, until - monotonic()))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


class _Http(_DeadlineHandler, HTTPHandler): ...


class _Https(_DeadlineHandler, HTTPSHandler): ...


def _opener(until: float) -> OpenerDirector:
    # Built by hand: Python's default opener also opens files, FTP, and whatever else is installed.
    opener = OpenerDirector()
    opener.addheaders = []
    for handler in (
        ProxyHandler(),
        _Http(until),
        _Https(until),
        _SameSiteRedirects(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _data_url_content(address: str) -> bytes:
    """The content of a `data:` address."""
    head, _, body = address.partition(",")
    try:
        content = unquote_to_bytes(body)
        return base64.b64decode(content) if head.lower().endswith(";base64") else content
    except (ValueError, binascii.Error) as error:
        raise FewshotError("A picture inside the page is cut off; save it in the browser.") from error
