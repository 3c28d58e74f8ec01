#!/usr/bin/env python3
"""Sends a file of lines to /v1/streams, reads the answers meanwhile, and prints how many were applied, and in how many seconds.

A client that only writes while nothing is to be read, as curl does, is slower than the gateway.

    lines.py HOST:PORT FILE
"""

import os
import socket
import sys
import threading
import time

host, port = sys.argv[1].rsplit(":", 1)
path = sys.argv[2]
connection = socket.create_connection((host, int(port)))
began = time.monotonic()


def send():
    connection.sendall(
        f"POST /v1/streams HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n"
        f"content-length: {os.path.getsize(path)}\r\n\r\n".encode())
    with open(path, "rb") as file:
        while part := file.read(1 << 18):
            connection.sendall(part)


threading.Thread(target=send, daemon=True).start()
applied, rest = 0, b""
while part := connection.recv(1 << 20):
    # A line may come in two parts.
    whole, end, rest = (rest + part).rpartition(b"\n")
    applied += whole.count(b'"code":"ok"')
applied += rest.count(b'"code":"ok"')
print(applied, time.monotonic() - began)
