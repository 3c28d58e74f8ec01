"""A client of the binary protocol: one session, one request after the other, each applied once."""

import socket
import ssl

from . import wire


class Lost(Exception):
    """The connection is gone. `Client.resume` takes the session up again, and sends what was not answered."""


class Refused(Exception):
    """The server ended the connection, and said why."""

    def __init__(self, fields):
        super().__init__(f"reason {fields['reason']}: {fields['text']}")
        self.fields = fields


class Client:
    """Not for several threads at once.

    `key` is the secret of a key, for a server that has keys; `tls` an `ssl.SSLContext`, or True for the system's roots.
    """

    def __init__(self, host, port, *, key=None, tls=None, timeout=30):
        self.host, self.port, self.key, self.tls, self.timeout = host, port, key, tls, timeout
        self.session, self.request, self.unanswered = 0, 0, None
        self.connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def connect(self):
        plain = socket.create_connection((self.host, self.port), timeout=self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.create_default_context() if self.tls is True else self.tls
        self.socket = context.wrap_socket(plain, server_hostname=self.host) if context else plain
        hello = {"authentication": 1, "credential": self.key.encode().hex()} if self.key else {}
        self._send(wire.encode("hello", hello, session=self.session))
        header, self.welcome = self._receive("welcome")
        self.session = header["session"]

    def resume(self):
        """Connects again; a request that was not answered is sent again, with the same bytes, and answered now."""
        self.socket.close()
        self.connect()
        if self.unanswered is None:
            return None
        self._send(self.unanswered)
        return self._results()

    def submit(self, operations):
        """Applies operations as one request and returns their results, durable. After `Lost` call `resume`."""
        self.request += 1
        self.unanswered = wire.encode("submit", {"operations": operations}, session=self.session, request=self.request)
        self._send(self.unanswered)
        return self._results()

    def _results(self):
        while True:
            header, fields = self._receive("result", "busy")
            if header["kind"] == "busy":
                raise Lost(f"busy for {fields['retryMilliseconds']} ms; resume later")
            if header["request"] == self.request:
                self.unanswered = None
                return fields["results"]

    def read(self, query, **fields):
        """The fields of a read reply; `query` as numbered on the protocol's page."""
        self._send(wire.encode("read", {"query": query, **fields}, session=self.session, request=1 << 40))
        return self._receive("readReply")[1]

    def follow(self, commit=0, index=0, *, tenant=None, accepted_only=False, credit=1024):
        """Events from a position to the end of the durable log."""
        fields = {"commit": commit, "index": index, "credit": credit, "acceptedOnly": int(accepted_only), "reportsProgress": 1}
        if tenant is not None:
            fields.update(scope=1, tenant=tenant)
        number = 1 << 41
        self._send(wire.encode("subscribe", fields, session=self.session, request=number))
        while True:
            header, fields = self._receive("events")
            if header["flags"] & wire.ENDED:
                raise Refused({"reason": fields["reason"], "text": f"the subscription ended: {fields['value']}"})
            if header["flags"] & wire.PROGRESS:
                self._send(wire.encode("credit", flags=wire.CANCELS, session=self.session, request=number))
                while not self._receive("events")[0]["flags"] & wire.ENDED:
                    pass
                return
            yield from fields["events"]
            self._send(wire.encode("credit", count=header["count"], session=self.session, request=number))

    def close(self):
        try:
            self._send(wire.encode("goodbye", flags=wire.ENDS_SESSION, session=self.session))
            self._receive("goodbye")
        except (Lost, Refused):
            # It is over either way.
            pass
        self.socket.close()

    def _send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Lost(str(error)) from error

    def _take(self, count):
        data = bytearray()
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except OSError as error:
                raise Lost(str(error)) from error
            if not part:
                raise Lost("the server closed the connection")
            data += part
        return bytes(data)

    def _receive(self, *kinds):
        while True:
            header = wire.decode_header(self._take(wire.HEADER_BYTES))
            fields = wire.decode(header, self._take(header["bodyByteCount"]))
            if header["kind"] in kinds:
                return header, fields
            if header["kind"] == "ping":
                self._send(wire.encode("pong", session=self.session, request=header["request"]))
            elif header["kind"] == "error":
                raise Refused(fields)
            elif header["kind"] == "goodbye":
                raise Lost("the server is going")
