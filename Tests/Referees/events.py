"""Reads every event of a gateway with the CloudEvents SDK: each must be one by its rules, and none may come twice.

    events.py http://HOST:PORT
"""

import json
import sys
import urllib.request

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat


def get(url):
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)


def main(base):
    seen, after = set(), "0-0"
    types = set()
    while True:
        page = get(f"{base}/v1/events?after={after}&limit=1000&refused=true")
        for item in page["items"]:
            message = HTTPMessage({"content-type": "application/cloudevents+json"}, json.dumps(item).encode())
            event = from_structured_event(message, JSONFormat())
            assert event.get_specversion() == "1.0", item
            assert event.get_id() == item["id"] and event.get_time() is not None, item
            assert event.get_type().startswith("in.milepost."), item
            assert event.get_id() not in seen, f"{event.get_id()} came twice"
            seen.add(event.get_id())
            types.add(event.get_type())
        if not page["items"]:
            break
        after = page["after"]
    print(f"events: {len(seen)} read, {len(types)} types, each once")
    assert seen, "there were no events"


main(sys.argv[1])
