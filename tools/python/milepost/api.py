"""A client of the HTTP API: documents in, documents out, problems as exceptions, repetition without effect."""

import http.client
import json
import time
import urllib.parse


class Problem(Exception):
    """A refusal: `status`, `code`, and the whole `document`."""

    def __init__(self, status, document):
        super().__init__(f"{status} {document.get('code')}: {document.get('detail')}")
        self.status, self.code, self.document = status, document.get("code"), document


class API:
    """Not for several threads at once. `context` is an `ssl.SSLContext` for https."""

    def __init__(self, base, *, key=None, timeout=30, retry_seconds=30, context=None):
        self.parts = urllib.parse.urlsplit(base)
        self.key, self.timeout, self.retry_seconds, self.context = key, timeout, retry_seconds, context
        self.connection = None

    def get(self, path, **query):
        text = urllib.parse.urlencode({name: value for name, value in query.items() if value is not None})
        return self.ask("GET", f"{path}?{text}" if text else path)

    def post(self, path, document, *, idempotency_key=None, if_match=None):
        """With an `idempotency_key` it is sent again, until `retry_seconds` are over, when no answer comes."""
        headers = {"content-type": "application/json"}
        if idempotency_key is not None:
            if not idempotency_key:
                raise ValueError("an idempotency key has at least one character")
            headers["idempotency-key"] = json.dumps(idempotency_key)
        if if_match:
            headers["if-match"] = if_match
        return self.ask("POST", path, json.dumps(document).encode(), headers, repeats=idempotency_key is not None)

    def pages(self, path, **query):
        """Items of all pages."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if "next" not in page:
                return
            query["cursor"] = page["next"]

    def timers(self, path, **query):
        """What runs of a contract or a tenant, by when it fires."""
        return sorted(self.pages(path + "/timers", **query), key=lambda timer: timer["due"])

    def statement(self, path, **query):
        """A whole statement: `opening`, the `items` of all pages, `closing`."""
        whole = page = self.get(path, **query)
        while "next" in page:
            page = self.get(path, **{**query, "cursor": page["next"]})
            whole["items"] += page["items"]
        last = {"closing": page["closing"], "commit": page["commit"]}
        return {**{name: part for name, part in whole.items() if name != "next"}, **last}

    def events(self, path="/v1/events", after="0-0", **query):
        """Events from a place on that are there now."""
        while True:
            page = self.get(path, after=after, limit=1000, **query)
            yield from page["items"]
            if not page["items"]:
                return
            after = page["after"]

    def ask(self, method, path, body=None, headers=None, repeats=True):
        headers = dict(headers or {})
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        deadline = time.monotonic() + self.retry_seconds
        while True:
            try:
                status, answer = self._send(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self.connection = None
                if not repeats or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
                continue
            waits = status == 503 or (status == 409 and answer.get("code") == "request_in_flight")
            if waits and repeats and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            if status >= 400:
                raise Problem(status, answer)
            return answer

    def _send(self, method, path, body, headers):
        if self.connection is None:
            place = (self.parts.hostname, self.parts.port)
            if self.parts.scheme == "https":
                self.connection = http.client.HTTPSConnection(*place, timeout=self.timeout, context=self.context)
            else:
                self.connection = http.client.HTTPConnection(*place, timeout=self.timeout)
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None
