"""A provider of SMS in the test: it speaks HTTP, and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway:
    """Keeps what it was asked to send, with the headers that came along."""

    def __init__(self) -> None:
        self.status = 202
        self.taken: list[dict[str, Any]] = []


@contextmanager
def gateway() -> Iterator[tuple[Gateway, str]]:
    """A gateway and its URL, for as long as the block lasts."""
    kept = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.taken.append({"headers": dict(self.headers), "path": self.path} | body)
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept, f"http://127.0.0.1:{server.server_port}/send"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
