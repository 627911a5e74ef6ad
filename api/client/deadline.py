"""Sockets on which a call is over when its time is: each step has what is left of it, and no more.

A time-out of the library holds for one step, and a server that drips makes as many steps as it likes.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

import httpcore

PIECE = 2**16
"""Bytes that are written in one step."""


class Deadline(threading.local):
    """Until when the call of this thread may last, by a stopwatch."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch, self.until = stopwatch, stopwatch()

    def left(self) -> float:
        """The seconds that are left. Raises `httpcore.TimeoutException` when there are none."""
        seconds = self.until - self._stopwatch()
        if seconds <= 0:
            raise httpcore.ReadTimeout("patience is over")
        return seconds


class BoundedNetwork(httpcore.NetworkBackend):
    """Connects within the deadline; each address of a name has its share of the time."""

    def __init__(self, deadline: Deadline) -> None:
        self._network, self._deadline = httpcore.SyncBackend(), deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address that takes it; when none does, the refusal of the last one."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as unknown:
            raise httpcore.ConnectError(str(unknown)) from unknown
        for waiting in range(len(found), 0, -1):
            address = str(found[-waiting][4][0])
            try:
                share = self._deadline.left() / waiting
                stream = self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if waiting == 1:
                    raise
            else:
                return _BoundedStream(stream, self._deadline)
        raise httpcore.ConnectError("the name has no address")


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            self._stream.write(buffer[start : start + PIECE], self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
