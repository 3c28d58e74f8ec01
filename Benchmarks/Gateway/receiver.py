"""Receivers of webhooks for tools/gateway-bench: one that accepts at once, and one that takes ten seconds for each answer.

    receiver.py    # prints the two ports, and serves until it is killed

GET of the fast one answers how many different events came, and the seconds from the first to the newest.
"""

import asyncio
import time


class Receiver(asyncio.Protocol):
    """Just enough of HTTP/1.1 for one client that is well-behaved."""

    pause = 0.0
    names = set()
    first = last = 0.0

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15:].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length:]
            if head.startswith(b"get "):
                text = f"{len(Receiver.names)} {Receiver.last - Receiver.first:.3f}\n".encode()
                self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(text), text))
                continue
            if self.pause:
                asyncio.get_running_loop().call_later(self.pause, self.accept)
                continue
            Receiver.last = time.monotonic()
            Receiver.first = Receiver.first or Receiver.last
            Receiver.names.add(head[head.index(b"webhook-id:"):].split(b"\r\n", 1)[0])
            self.accept()

    def accept(self):
        self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


class Slow(Receiver):
    pause = 10.0


async def serve():
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(kind, "127.0.0.1", 0) for kind in (Receiver, Slow)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(serve())
