"""Uses of a template from the marketplace, counted by a server that is killed before one write after the other.

    use_check.py BINARY DIRECTORY EVERY

DIRECTORY holds `faults.so`, which kills; the store is made in it. Tenant 7 offers a template, tenant 9 has it installed. In each round a server
starts, which counts the contract of the round before, and makes one. Before its nth write it is killed, n rising by EVERY: what a contract is made of is kept by
one transaction, what is being counted by the next, then the counts, then what becomes of the rows, and a kill comes before each write of them.
A server that nothing happens to repeats what was not answered. Each contract must be counted once: none less, none twice.
"""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

binary, work, every = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
SELLER, BUYER = 7, 9
NAME = "marketplace-seller-order"
DOCUMENT = f"documents/template/retail~{NAME}"
LISTING = f"marketplace/{SELLER}/template/retail~{NAME}"
# A server that starts, counts and makes one contract writes less often than this.
WRITES_MAX = 100


class Server:
    """A server on the store, killed before its nth write of a store's file unless that is 0."""

    def __init__(self, kill_at=0):
        (work / "control").write_text(f"{f'kill {kill_at}' if kill_at else 'none':<63}\n")
        environment = os.environ | {"LD_PRELOAD": str(work / "faults.so"), "FAULTS_CONTROL": str(work / "control")}
        with open(work / "out", "w") as out, open(work / "log", "w") as log:
            self.process = subprocess.Popen(
                [binary, "serve", "--store", str(work / "store"), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
                 "--http-key-file", str(work / "gateway.key"), "--templates", str(work / "templates")],
                stdout=out, stderr=log, env=environment)
        self.port = None

    def wait(self):
        """Whether it became ready before it was killed."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            address = re.search(r"HTTP on http://[^:\s]+:(\d+)", (work / "log").read_text())
            if address and "ready " in (work / "out").read_text():
                self.port = int(address[1])
                return True
            if self.process.poll() is not None:
                assert self.process.returncode == -signal.SIGKILL, (work / "log").read_text()
                return False
            time.sleep(0.02)
        raise SystemExit("the server neither became ready nor ended in a minute")

    def ask(self, method, path, document=None, key="shop"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"authorization": "Bearer " + (work / f"{key}.key").read_text().strip()}
        body = None
        if document is not None:
            headers["content-type"], body = "application/json", json.dumps(document)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {text}"
        return json.loads(text) if text else None

    def make(self, contract):
        """Whether the answer came."""
        try:
            self.ask("POST", f"/v1/tenants/{BUYER}/instances", {
                "template": f"retail/{NAME}", "accept_unconfirmed": True, "contract": str(contract), "payer": "10",
                "payee": "20", "stage": "draft",
                "form": {"value": 119900, "start": START, "supplier_state": "RJ", "place_state": "KA"}})
            return True
        except (OSError, http.client.HTTPException):
            return False

    def counted(self):
        return self.ask("GET", f"/v1/tenants/{BUYER}/{LISTING}", key="administrator-1")["contracts"]

    def stop(self):
        """Ends as it should, unless it was killed."""
        self.process.terminate()
        return self.process.wait(timeout=60)


# So that no deadline is past.
START = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86_400))


def milepost(*arguments):
    subprocess.run([binary, *arguments], check=True, capture_output=True, text=True, timeout=60)


def prepare():
    """A library of one template, keys, and the template offered by one tenant and installed by the other."""
    source = pathlib.Path("Datasets/templates")
    for part in ("messages", "refdata", f"retail/{NAME}"):
        shutil.copytree(source / part, work / "templates" / part)
    store = str(work / "store")
    milepost("key", "init", "--store", store, "--person", "1", "--person", "2", "--output-directory", str(work))
    for name, *rights in (("gateway", "--role", "reader", "--all-tenants"), ("shop", "--role", "platform", "--tenant", str(BUYER))):
        milepost("key", "create", "--store", store, "--name", name, *rights, "--output", str(work / f"{name}.key"))
    server = Server()
    try:
        assert server.wait()
        own, bought = f"/v1/tenants/{SELLER}/{DOCUMENT}", f"/v1/tenants/{BUYER}/{DOCUMENT}"
        version = server.ask(
            "POST", f"{own}/forks", {"tenant": "0", "document": f"retail~{NAME}", "label": "1.0.0"}, "administrator-1")["version"]
        approve(server, own, version)
        public, signature = sign(bytes.fromhex(version))
        server.ask("POST", f"{own}/versions/{version}/signatures", {
            "publisher": "shops", "public_key": public, "signature": signature}, "administrator-1")
        server.ask("POST", f"{own}/versions/{version}/offers", {"publisher": "shops", "title": "Orders"}, "administrator-1")
        installed = server.ask(
            "POST", f"/v1/tenants/{BUYER}/{LISTING}/install", {"document": f"retail~{NAME}"}, "administrator-1")
        approve(server, bought, installed["version"])
    finally:
        assert server.stop() == 0


def approve(server, document, version):
    for state, person in (("checked", 1), ("approved", 2), ("active", 1)):
        server.ask("POST", f"{document}/versions/{version}/steps", {"to": state}, f"administrator-{person}")


def sign(text):
    """A new key, and its signature (Ed25519)."""
    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60).stdout

    key = str(work / "publisher.pem")
    openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    (work / "signed").write_bytes(text)
    signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", str(work / "signed"))
    return openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-32:].hex(), signature.hex()


def killed(number, contract):
    """A server that is killed before a write. Returns how far it came."""
    server, answered = Server(kill_at=number), False
    # What is there to be counted is counted now; then there is one more.
    ready = server.wait()
    if ready:
        answered = server.make(contract)
    status = server.stop()
    assert status in (0, -signal.SIGKILL), f"it ended with status {status}"
    return "survived" if status == 0 else "answered" if answered else "making" if ready else "starting"


def undisturbed(expected, contract):
    """A server that nothing happens to: it has counted what was made before, and makes a contract."""
    server = Server()
    try:
        assert server.wait()
        deadline = time.monotonic() + 10
        while expected is not None and (count := server.counted()) != expected:
            assert time.monotonic() < deadline and count < expected, f"{expected} contracts were made, {count} are counted"
            time.sleep(0.02)
        assert server.make(contract), "it did not answer"
    finally:
        assert server.stop() == 0


prepare()
seen = {"starting": 0, "making": 0, "answered": 0}
undisturbed(0, 1)
made = 1
for number in range(1, WRITES_MAX + 1, every):
    state = killed(number, made + 1)
    # What was not answered is asked again, and counted by the next one.
    undisturbed(None, made + 1)
    undisturbed(made + 1, made + 2)
    made += 2
    if state == "survived":
        break
    seen[state] += 1
else:
    raise SystemExit(f"a server writes more than {WRITES_MAX} times")
assert seen["starting"] and seen["making"], seen
print(f"killed {sum(seen.values())} times, before writes up to number {number - every}: {seen['starting']} before it was ready, {seen['making']} while a contract was made, "
      f"{seen['answered']} behind the answer; {made - 1} contracts, each counted once")
