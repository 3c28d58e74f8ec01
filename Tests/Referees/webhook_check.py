"""Receivers of webhooks, and a load on a server that is killed again and again in the middle of deliveries.

    webhook_check.py BINARY STORE ROUNDS [STATE]

With a directory for STATE the gateway is a process of its own, and it alone is killed.

One endpoint takes events in any order, one in the order of each record, and one is dead. The receiver refuses or drops some events the first
time. At the end both living ones must have accepted every event that the log accepted, each with its one id, one body, and a good signature;
for the ordered one the events of each record were accepted in the order of the log.
"""

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import random
import socket
import subprocess
import sys
import threading
import time

TENANT = 5
CLIENTS = 4
CONTRACTS = 8


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """What is killed: the server with its gateway, or a gateway before a server that stays."""

    def __init__(self, binary, store, state):
        self.binary, self.port = binary, free_port()
        self.process = self.kernel = None
        http = ["--http", f"127.0.0.1:{self.port}", "--webhook-allow-loopback"]
        serve = ["serve", "--store", store, "--listen"]
        if state:
            kernel = free_port()
            self.kernel = self.run(serve + [f"127.0.0.1:{kernel}"])
            self.command = ["gateway", "--connect", f"127.0.0.1:{kernel}", "--state", state] + http
        else:
            self.command = serve + ["127.0.0.1:0"] + http

    def run(self, command):
        process = subprocess.Popen(
            [self.binary] + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout.readline().startswith("ready "), f"{command[0]} did not start"
        return process

    def start(self):
        self.process = self.run(self.command)

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """Ends as it should, and tells what the processes answered."""
        running = [process for process in (self.process, self.kernel) if process]
        for process in running:
            process.terminate()
            process.wait()
        return [process.returncode for process in running]

    def clear(self):
        self.kill()
        if self.kernel:
            self.kernel.kill()
            self.kernel.wait()

    def ask(self, method, path, document=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"content-type": "application/json"} if document is not None else {}
        connection.request(method, path, json.dumps(document) if document is not None else None, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None


class Endpoint:
    """What one receiver saw."""

    def __init__(self, share):
        # Of the events, how many are not taken the first time. In an ordered endpoint each keeps its record waiting for five seconds.
        self.share = share
        self.secret = None
        self.bodies = {}
        self.accepted = []
        self.deliveries = self.refused = self.dropped = 0
        self.faults = []


class Receiver(asyncio.Protocol):
    """Just enough of HTTP/1.1 for one client that is well-behaved."""

    endpoints = {}
    random = random.Random(7)

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while True:
            head, separator, rest = self.buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            lines = head.decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            self.take(lines[0].split()[1], headers, rest[:length])

    def take(self, path, headers, body):
        endpoint, name = self.endpoints[path], headers["webhook-id"]
        endpoint.deliveries += 1
        signed = f"{name}.{headers['webhook-timestamp']}.".encode() + body
        good = "v1," + base64.b64encode(hmac.new(endpoint.secret, signed, hashlib.sha256).digest()).decode()
        if good not in headers["webhook-signature"].split():
            endpoint.faults.append(f"{name}: no good signature")
        first = name not in endpoint.bodies
        if endpoint.bodies.setdefault(name, body) != body:
            endpoint.faults.append(f"{name}: another body")
        chance = self.random.random()
        if first and chance < endpoint.share / 3:
            endpoint.dropped += 1
            self.transport.close()
            return
        status = b"503 Busy" if first and chance < endpoint.share else b"200 OK"
        if status.startswith(b"503"):
            endpoint.refused += 1
        else:
            endpoint.accepted.append(name)
        answer = b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\n\r\n"
        # So that a kill finds deliveries under way.
        asyncio.get_running_loop().call_later(self.random.random() * 0.02, self.transport.write, answer)


def receive(ready):
    async def serve():
        server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class Client(threading.Thread):
    """Deposits on its contracts, batch by batch; what became of a batch that was not answered, the log knows."""

    def __init__(self, server, number, stop):
        super().__init__()
        self.server, self.number, self.stop, self.step = server, number, stop, 0

    def run(self):
        contracts = [str(self.number * 100 + index) for index in range(CONTRACTS)]
        made = set()
        while not self.stop.is_set():
            self.step += 1
            operations = []
            for contract in contracts:
                frame = {"tenant": str(TENANT), "contract": contract}
                if contract not in made:
                    operations += [
                        frame | {"operation": "create_contract", "payer": "10", "payee": "20", "value": 10**12, "actor": "10"},
                        frame | {"operation": "add_milestone", "milestone": 1, "amount": 10**12, "due": "2030-01-01T00:00:00Z",
                                 "actor": "10"},
                        frame | {"operation": "offer", "actor": "10"}, frame | {"operation": "accept", "actor": "20"}]
                operations.append(
                    frame | {"operation": "deposit", "amount": 5, "reference": f"UTR {contract} {self.step}"})
            try:
                status, _ = self.server.ask("POST", "/v1/batches", {"operations": operations})
                if status == 200:
                    made.update(contracts)
                # Some 1,500 events a second: what a receiver in Python can take twice over.
                time.sleep(0.02)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)


def all_events(server):
    events, after = [], "0-0"
    while True:
        page = server.ask("GET", f"/v1/tenants/{TENANT}/events?after={after}&limit=1000")[1]
        if not page["items"]:
            return events
        events += page["items"]
        after = page["after"]


def faults_of(name, endpoint, events, is_ordered):
    faults = [f"{name}: {fault}" for fault in endpoint.faults[:10]]
    bodies = dict(endpoint.bodies)
    accepted = set(endpoint.accepted)
    missing = [event["id"] for event in events if event["id"] not in accepted]
    if missing:
        faults.append(f"{name}: {len(missing)} of {len(events)} events are missing, the first {missing[0]}")
    known = {event["id"]: event for event in events}
    for number, body in bodies.items():
        if known.get(number) != json.loads(body):
            faults.append(f"{name}: {number} is not the event of the log")
            break
    if is_ordered:
        last, seen = {}, set()
        for number in endpoint.accepted:
            if number in seen or number not in known:
                continue
            seen.add(number)
            event = known[number]
            if last.get(event["partitionkey"], "") > event["sequence"]:
                faults.append(f"{name}: {number} came too late for its record")
                break
            last[event["partitionkey"]] = event["sequence"]
    return faults


def main(binary, store, rounds, state=None):
    server, stop = Server(binary, store, state), threading.Event()
    try:
        return check(server, stop, rounds)
    finally:
        # Whatever went wrong, nothing is left behind.
        stop.set()
        server.clear()


def check(server, stop, rounds):
    ready = []
    threading.Thread(target=receive, args=(ready,), daemon=True).start()
    while not ready:
        time.sleep(0.01)
    server.start()
    urls = {"free": f"http://127.0.0.1:{ready[0]}/free", "ordered": f"http://127.0.0.1:{ready[0]}/ordered",
            "dead": f"http://127.0.0.1:{free_port()}/"}
    paths = {}
    for name, url in urls.items():
        status, answer = server.ask(
            "POST", f"/v1/tenants/{TENANT}/webhooks", {"url": url, "after": "0-0", "ordered": name == "ordered"})
        assert status == 201, answer
        endpoint = Receiver.endpoints["/" + name] = Endpoint(0.003 if name == "ordered" else 0.03)
        endpoint.secret = base64.b64decode(answer["secret"].removeprefix("whsec_"))
        paths[name] = f"/v1/tenants/{TENANT}/webhooks/{answer['id']}"
    clients = [Client(server, number, stop) for number in range(1, CLIENTS + 1)]
    for client in clients:
        client.start()
    chance = random.Random(1)
    for _ in range(rounds):
        time.sleep(chance.uniform(0.3, 1.5))
        server.kill()
        server.start()
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join()
    events = all_events(server)
    deadline = time.time() + 60
    living = {name: Receiver.endpoints["/" + name] for name in ("free", "ordered")}
    while time.time() < deadline and any(len(set(e.accepted)) < len(events) for e in living.values()):
        time.sleep(0.1)
    dead = server.ask("GET", paths["dead"])[1]
    faults = [fault for name, endpoint in living.items() for fault in faults_of(name, endpoint, events, name == "ordered")]
    if dead["state"] != "failing" or dead["retries"] > 1000:
        faults.append(f"the dead endpoint: {dead}")
    if any(server.stop()):
        faults.append("a process did not stop as it should")
    for name, endpoint in living.items():
        print(f"{name}: {len(endpoint.bodies)} events in {endpoint.deliveries} deliveries, "
              f"{endpoint.refused} refused and {endpoint.dropped} dropped the first time")
    print(f"{rounds} kills, {len(events)} events in the log; the dead endpoint has {dead['retries']} that wait, lag {dead['lag']}")
    for fault in faults:
        print(fault)
    print("FAILED" if faults else "every event delivered, each with one id and one body; records in order")
    return 1 if faults else 0


sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))
