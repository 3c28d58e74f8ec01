"""Clients over HTTP that repeat what was not answered, while the server is killed again and again.

    http_check.py BINARY STORE ROUNDS

Each client makes payments on a contract of its own, each with an Idempotency-Key, and sends a request again, with the same key, until it is
answered. So what it was told must add up exactly, however often the server died in between: nothing lost, nothing done twice. A reader follows
the stream of events, comes again with the last id that it saw, and must have seen every event once, in order.
"""

import http.client
import json
import random
import socket
import subprocess
import sys
import threading
import time

TENANT = 5
CLIENTS = 8


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, binary, store):
        self.binary, self.store, self.port = binary, store, free_port()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--store", self.store, "--listen", "127.0.0.1:0", "--http", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout.readline().startswith("ready "), "the server did not start"

    def kill(self):
        self.process.kill()
        self.process.wait()


class Client(threading.Thread):
    """One payer with one contract. `fault` says what was wrong."""

    def __init__(self, server, number, stop):
        super().__init__()
        self.server, self.number, self.stop = server, number, stop
        self.random = random.Random(number)
        self.path = f"/v1/tenants/{TENANT}/contracts/{number}"
        self.connection = None
        self.funded = self.unallocated = self.held = 0
        self.done = []
        self.requests = self.repeats = self.replayed = 0
        self.fault = None

    def ask(self, method, path, document=None, key=None):
        """Sends until there is an answer, the same each time."""
        body = json.dumps(document) if document is not None else None
        headers = {"content-type": "application/json"} if body else {}
        if key:
            headers["idempotency-key"] = f'"{key}"'
        self.requests += 1
        while True:
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                text = response.read().decode()
                if response.status == 503 or (response.status == 409 and "request_in_flight" in text):
                    raise ConnectionError(text)
                self.replayed += response.headers.get("idempotency-replayed") == "true"
                return response.status, json.loads(text)
            except (OSError, http.client.HTTPException):
                self.connection = None
                self.repeats += 1
                time.sleep(0.05)

    def must(self, path, document, key):
        status, answer = self.ask("POST", path, document, key)
        assert status in (200, 201), f"{path}: {status} {answer}"
        self.done.append((path, document, key, answer))
        if self.random.random() < 0.2:
            # An answer that came is the same when it is asked for again, now or much later.
            path, document, key, answer = self.random.choice(self.done[-200:])
            again = self.ask("POST", path, document, key)[1]
            assert again == answer, f"{path} again: {again}, not {answer}"

    def run(self):
        try:
            self.live()
        except Exception as fault:
            self.fault = f"client {self.number}: {fault!r}"

    def live(self):
        number = self.number
        self.must(f"/v1/tenants/{TENANT}/contracts",
                  {"contract": str(number), "payer": "10", "payee": "20", "value": 10**12, "actor": "10"}, f"{number} create")
        self.must(self.path + "/milestones",
                  {"milestone": 1, "amount": 10**12, "due": "2030-01-01T00:00:00Z", "actor": "10"}, f"{number} milestone")
        self.must(self.path + "/offer", {"actor": "10"}, f"{number} offer")
        self.must(self.path + "/accept", {"actor": "20"}, f"{number} accept")
        step = 0
        while not self.stop.is_set():
            step += 1
            amount = self.random.randrange(1, 1000)
            kind = self.random.randrange(3)
            if kind == 0 or self.unallocated < 1000:
                self.must(self.path + "/deposits", {"amount": amount, "reference": f"UTR {number} {step}"}, f"{number} {step}")
                self.funded += amount
                self.unallocated += amount
            elif kind == 1 or self.held < 1000:
                self.must(self.path + "/milestones/1/fund", {"amount": amount, "actor": "10"}, f"{number} {step}")
                self.unallocated -= amount
                self.held += amount
            else:
                self.must(self.path + "/milestones/1/refunds", {"amount": amount, "actor": "10"}, f"{number} {step}")
                self.held -= amount
        status, contract = self.ask("GET", self.path)
        buckets = contract["buckets"]
        told = (self.funded, self.unallocated, self.held)
        found = (buckets["funded"], buckets["unallocated"], buckets["held"])
        assert told == found, f"was told {told}, finds {found}"


class Reader(threading.Thread):
    """Follows the stream of events."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.ids, self.last, self.breaks = server, [], "0-0", 0

    def run(self):
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
                headers = {"accept": "text/event-stream", "last-event-id": self.last}
                connection.request("GET", f"/v1/tenants/{TENANT}/events", headers=headers)
                response = connection.getresponse()
                if response.status != 200:
                    raise ConnectionError(response.status)
                name, has_data = None, False
                for line in response:
                    # A line that was cut has no end, and what it names was not received.
                    if not line.endswith(b"\n"):
                        break
                    if line.startswith(b"id: "):
                        name = line[4:].strip().decode()
                    elif line.startswith(b"data: "):
                        has_data = True
                    elif line == b"\n":
                        # A block without data only says how far the reader is.
                        if name:
                            self.last = name
                        if has_data:
                            self.ids.append(name)
                        name, has_data = None, False
            except (OSError, http.client.HTTPException):
                pass
            self.breaks += 1
            time.sleep(0.05)


def all_events(server):
    ids, after = [], "0-0"
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/v1/tenants/{TENANT}/events?after={after}&limit=1000")
        page = json.loads(connection.getresponse().read())
        connection.close()
        if not page["items"]:
            return ids
        ids += [item["id"] for item in page["items"]]
        after = page["after"]


def place(name):
    return tuple(map(int, name.split("-")))


def main(binary, store, rounds):
    server, stop = Server(binary, store), threading.Event()
    server.start()
    clients = [Client(server, number, stop) for number in range(1, CLIENTS + 1)]
    reader = Reader(server)
    reader.start()
    for client in clients:
        client.start()
    chance = random.Random(1)
    for number in range(rounds):
        time.sleep(chance.uniform(0.3, 2.0))
        server.kill()
        server.start()
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join()
    events = all_events(server)
    deadline = time.time() + 30
    while len(reader.ids) < len(events) and time.time() < deadline:
        time.sleep(0.1)
    server.process.terminate()
    server.process.wait()
    faults = [client.fault for client in clients if client.fault]
    if reader.ids != events:
        missing, twice = set(events) - set(reader.ids), len(reader.ids) - len(set(reader.ids))
        faults.append(f"the reader saw {len(reader.ids)} of {len(events)} events: {len(missing)} missing, {twice} twice")
    if [place(name) for name in events] != sorted(place(name) for name in events):
        faults.append("events are out of order")
    print(f"{rounds} kills, {sum(c.requests for c in clients)} requests, {sum(c.repeats for c in clients)} sent again, "
          f"{sum(c.replayed for c in clients)} answered from what was kept; {len(events)} events, {reader.breaks} breaks of the stream")
    for fault in faults:
        print(fault)
    print("FAILED" if faults else "every sum as told, every event once")
    return 1 if faults else 0


sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
