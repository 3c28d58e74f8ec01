"""What schemathesis is told about this API beyond its description."""

import schemathesis


@schemathesis.hook
def map_query(context, query):
    # To wait half a minute for events that do not come shows nothing.
    if query and "wait" in query and query["wait"] in range(2, 31):
        query["wait"] = 0
    return query


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    import json

    return (json.dumps(value) + "\n").encode()
