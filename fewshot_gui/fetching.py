"""Pictures by their web addresses. Called only when a person has said that they may be fetched.

The request names this program and nothing else: no cookies, no page that led here. It goes to the host
that the person agreed to and to no other.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import io
import socket
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
from fewshot_gui.drops import host_of
from fewshot_gui.languages import translate

MOST_BYTES: Final = 30 * 2**20
MOST_SECONDS: Final = 60
SILENT_SECONDS: Final = 10
"""How long a host may say nothing."""

_CHUNK = 2**16


def fetch(address: str) -> Generator[int, None, bytes]:
    """The content of an http, https or data address; yields the bytes so far.

    Raises `FewshotError` if it is larger than `MOST_BYTES`, takes longer than `MOST_SECONDS`, is sent on to
    another host, or cannot be had.
    """
    if address.lower().startswith("data:"):
        return _within(address)
    if not host_of(address):
        raise FewshotError(translate("Fetching", "It could not be fetched, because it is no web address."))
    until = monotonic() + MOST_SECONDS
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
                if size > MOST_BYTES:
                    words = translate(
                        "Fetching", "It is larger than {n} MiB; save it in the browser and add the file."
                    )
                    raise FewshotError(words.format(n=MOST_BYTES // 2**20))
                yield size
        return b"".join(parts)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if monotonic() > until:
            words = translate("Fetching", "It took longer than {n} seconds; try it again.")
            raise FewshotError(words.format(n=MOST_SECONDS)) from error
        reason = getattr(error, "reason", "") or error
        words = translate(
            "Fetching", "It could not be fetched ({reason}); save it in the browser and add the file."
        )
        raise FewshotError(words.format(reason=reason)) from error


class _SameHost(HTTPRedirectHandler):
    """Follows a few steps on the host that was agreed to."""

    max_redirections = 5

    def redirect_request(
        self, request: Request, file: Any, code: int, message: str, headers: Any, address: str
    ) -> Request | None:
        schemes = urlsplit(request.full_url).scheme, urlsplit(address).scheme
        # To another host, or from a protected line to an open one: that was not agreed to.
        if host_of(address) != host_of(request.full_url) or schemes == ("https", "http"):
            words = translate("Fetching", "it leads on to {address}")
            raise urllib.error.URLError(words.format(address=host_of(address) or address))
        file.close()  # urllib would read on to its end, however much is sent along
        return super().redirect_request(request, file, code, message, headers, address)


class _Timely(io.RawIOBase):
    """What comes from a socket until a time is over, in however small drops it comes."""

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


class _Answer(http.client.HTTPResponse):
    """Must be whole at a time, its head included."""

    def __init__(self, until: float, connection: socket.socket, *options: Any, **named: Any) -> None:
        super().__init__(connection, *options, **named)
        self.fp = io.BufferedReader(_Timely(self.fp.detach(), connection, until))


class _Until(AbstractHTTPHandler):
    def __init__(self, until: float) -> None:
        super().__init__()
        self._until = until

    def do_open(self, kind: Any, request: Request, **options: Any) -> http.client.HTTPResponse:
        def connect(host: str, **more: Any) -> http.client.HTTPConnection:
            connection: http.client.HTTPConnection = kind(host, **more)
            connection.response_class = partial(_Answer, self._until)
            return connection

        return super().do_open(connect, request, **options)


class _Http(_Until, HTTPHandler): ...


class _Https(_Until, HTTPSHandler): ...


def _opener(until: float) -> OpenerDirector:
    # Put together by hand: Python's own also opens files, FTP, and what else was installed.
    opener = OpenerDirector()
    opener.addheaders = []
    for handler in (
        ProxyHandler(),
        _Http(until),
        _Https(until),
        _SameHost(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _within(address: str) -> bytes:
    """The content that a `data:` address is itself."""
    head, _, body = address.partition(",")
    try:
        content = unquote_to_bytes(body)
        return base64.b64decode(content) if head.lower().endswith(";base64") else content
    except (ValueError, binascii.Error) as error:
        words = translate("Fetching", "A picture inside the page is cut off; save it in the browser.")
        raise FewshotError(words) from error
