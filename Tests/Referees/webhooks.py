"""Takes webhooks as a stranger would: each delivery is verified with the Standard Webhooks library and read with the CloudEvents SDK.

    webhooks.py http://HOST:PORT    # a gateway that allows receivers on loopback
"""

import http.server
import json
import sys
import threading
import time
import urllib.request

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

TENANT = 909


class Receiver(http.server.BaseHTTPRequestHandler):
    deliveries = []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        Receiver.deliveries.append((dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(base, method, path, document=None):
    request = urllib.request.Request(
        base + path, json.dumps(document).encode() if document is not None else None,
        {"content-type": "application/json"} if document is not None else {}, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read() or b"null")


def wait(count):
    deadline = time.time() + 30
    while len(Receiver.deliveries) < count and time.time() < deadline:
        time.sleep(0.02)
    assert len(Receiver.deliveries) >= count, f"{len(Receiver.deliveries)} of {count} deliveries came"


def make(base, contract):
    for index in range(contract, contract + 20):
        ask(base, "POST", f"/v1/tenants/{TENANT}/contracts",
            {"contract": str(index), "payer": "10", "payee": "20", "value": 500, "actor": "10"})


def check(headers, body, secrets):
    lower = {name.lower(): value for name, value in headers.items()}
    for secret in secrets:
        assert Webhook(secret).verify(body, lower) == json.loads(body)
    for change in (body + b" ", body.replace(b"1.0", b"1.1", 1)):
        try:
            Webhook(secrets[0]).verify(change, lower)
        except WebhookVerificationError:
            continue
        raise AssertionError("a changed body was taken")
    event = from_structured_event(HTTPMessage(lower, body), JSONFormat())
    assert event.get_id() == lower["webhook-id"], lower
    assert event.get_specversion() == "1.0" and event.get_time() is not None
    assert event.get_source() == f"/v1/tenants/{TENANT}"
    return event


def main(base):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    webhooks = f"/v1/tenants/{TENANT}/webhooks"
    made = ask(base, "POST", webhooks, {"url": f"http://127.0.0.1:{server.server_port}/hook"})
    make(base, 1)
    wait(20)
    for headers, body in Receiver.deliveries:
        check(headers, body, [made["secret"]])
    rotated = ask(base, "POST", f"{webhooks}/{made['id']}/rotate", {"overlap_seconds": 60})
    make(base, 100)
    wait(40)
    for headers, body in Receiver.deliveries[20:]:
        check(headers, body, [made["secret"], rotated["secret"]])
    tested = ask(base, "POST", f"{webhooks}/{made['id']}/test")
    assert tested["delivered"], tested
    event = check(*Receiver.deliveries[-1], [rotated["secret"]])
    assert event.get_type() == "in.milepost.webhook.test.v1"
    ask(base, "DELETE", f"{webhooks}/{made['id']}")
    print(f"webhooks: {len(Receiver.deliveries)} verified and read, 20 of them with both secrets")


main(sys.argv[1])
