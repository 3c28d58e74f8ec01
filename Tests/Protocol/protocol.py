"""The Milepost protocol, version 1, as its page describes it: enough of a client for the tools that attack and judge a server.

Written from Sources/Wire/Wire.docc/Protocol.md alone, so that it judges the server's own code too.
"""

import socket
import struct
import subprocess
import time

HELLO, WELCOME, SUBMIT, RESULT, READ, READ_REPLY, PING, PONG, BUSY, ERROR = 1, 2, 3, 4, 5, 6, 10, 11, 12, 13
TENANT, PAYER, PAYEE = 7, 11, 22
OK, VERSION_CONFLICT = 0, 40


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC = crc_table()


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC[(value ^ byte) & 255] ^ value >> 8
    return value ^ 0xFFFFFFFF


def frame_header(kind, length=0, checksum=0, count=0, session=0, request=0):
    header = struct.pack("<4sBBHII", b"MPST", 1, kind, 0, length, count)
    header += session.to_bytes(16, "little") + bytes(16) + struct.pack("<QI", request, checksum)
    return header + struct.pack("<I", crc32c(header))


def frame(kind, body=b"", count=0, session=0, request=0):
    return frame_header(kind, len(body), crc32c(body) if body else 0, count, session, request) + body


def operation(code, contract, number, actor, amount=0, argument=0, ordinal=0, expected=0, extended=False):
    return contract.to_bytes(16, "little") + number.to_bytes(16, "little") + struct.pack(
        "<qQIIHBBI", amount, argument, TENANT, actor, ordinal, code, 2 if extended else 0, expected
    )


class Lost(Exception):
    """The connection is gone."""


class Connection:
    def __init__(self, port, session=0):
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.session = 0
            self.send(frame(HELLO, bytes(64), session=session))
            kind, _, header, body = self.receive()
            if kind != WELCOME:
                raise Lost(f"no welcome: kind {kind} {body!r}")
            self.session = int.from_bytes(header[16:32], "little")
            self.last_request = struct.unpack_from("<Q", body, 8)[0]
        except OSError as error:
            raise Lost(str(error)) from error

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Lost(str(error)) from error

    def take(self, count):
        data = b""
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except OSError as error:
                raise Lost(str(error)) from error
            if not part:
                raise Lost("closed")
            data += part
        return data

    def receive(self):
        while True:
            header = self.take(64)
            if header[:4] != b"MPST" or struct.unpack_from("<I", header, 60)[0] != crc32c(header[:60]):
                raise SystemExit("the server sent a damaged header")
            kind, length, count = header[5], *struct.unpack_from("<II", header, 8)
            request = struct.unpack_from("<Q", header, 48)[0]
            body = self.take(length)
            if body and struct.unpack_from("<I", header, 56)[0] != crc32c(body):
                raise SystemExit("the server sent a damaged body")
            if kind == PING:
                self.send(frame(PONG, bytes(16), session=self.session, request=request))
                continue
            if kind in (ERROR, BUSY):
                raise Lost(f"kind {kind}")
            return kind, request, header, body

    def submit(self, number, operations):
        """Sends a request and gives back (code, version) of each operation."""
        count = len(operations)
        self.send(frame(SUBMIT, b"".join(operations), count, self.session, number))
        while True:
            kind, request, _, body = self.receive()
            if kind == RESULT and request == number:
                return [(body[16 * i], struct.unpack_from("<I", body, 16 * i + 4)[0]) for i in range(len(body) // 16)]

    def read(self, number, contract):
        """Version and funded sum of a contract."""
        body = struct.pack("<BBHIII", 1, 0, 0, TENANT, 0, 0) + contract.to_bytes(16, "little") + bytes(32)
        # `limit` belongs to scans alone.
        self.send(frame(READ, body, 0, self.session, number))
        while True:
            kind, request, _, body = self.receive()
            if kind == READ_REPLY and request == number:
                if body[1] != 0:
                    raise SystemExit(f"contract {contract} is not there (status {body[1]})")
                record = body[32:]
                return struct.unpack_from("<I", record, 20)[0], struct.unpack_from("<q", record, 64)[0]

    def close(self):
        self.socket.close()


class Server:
    def __init__(self, binary, store, log, options=()):
        self.binary, self.store, self.log, self.options = binary, store, log, options
        self.port = 0
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--store", self.store, "--listen", f"127.0.0.1:{self.port}", *self.options],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise SystemExit(f"the server did not become ready: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def set_up(port, contracts):
    """Makes the contracts and opens them."""
    connection = Connection(port)
    terms = bytearray(64)
    struct.pack_into("<I", terms, 12, 14 * 86_400)
    struct.pack_into("<I", terms, 24, 30 * 86_400)
    terms[59] = 90
    due = int(time.time() * 1000) + 90 * 86_400_000
    for request, contract in enumerate(contracts, 1):
        name = contract << 8
        body = [
            operation(1, contract, name | 1, PAYER, 1_000, PAYER | PAYEE << 32, extended=True) + bytes(terms),
            operation(5, contract, name | 2, PAYER, 1_000, due, ordinal=1),
            operation(6, contract, name | 3, PAYER),
            operation(7, contract, name | 4, PAYEE),
        ]
        answers = connection.submit(request, body)
        if any(code != OK for code, _ in answers):
            raise SystemExit(f"the contracts could not be opened: {answers}")
    states = {contract: connection.read(number, contract) for number, contract in enumerate(contracts, 1)}
    connection.close()
    return states
