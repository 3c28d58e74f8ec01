"""What schemathesis is told about this API beyond its description."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    # To wait half a minute for events that do not come shows nothing.
    wait = str((case.query or {}).get("wait", ""))
    if wait.isdigit() and 1 < int(wait) <= 30:
        case.query["wait"] = 1
    # Nothing is sent to hosts whose names were drawn at random.
    if "/webhooks" in case.path and isinstance(case.body, dict) and str(case.body.get("url", "")).lower().startswith("http"):
        case.body["url"] = "http://127.0.0.1:9/"


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    import json

    return (json.dumps(value) + "\n").encode()
