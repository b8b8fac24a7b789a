"""What is started together stops together, whoever is still holding on."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.built import Built
from tests.served import served

pytestmark = pytest.mark.only_on("sqlite")  # the same processes on either database


def test_a_kept_connection_keeps_no_worker_alive(tmp_path: Path, built: Built) -> None:
    built.copy("server", tmp_path)
    with served(tmp_path, applications=0) as site:
        place = ("127.0.0.1", urlsplit(site.url).port or 0)
        held = socket.create_connection(place, timeout=5)
        held.sendall(b"GET /salud HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n")
        assert held.recv(12) == b"HTTP/1.1 200"
    with held, pytest.raises(ConnectionRefusedError):
        socket.create_connection(place, timeout=5).close()
