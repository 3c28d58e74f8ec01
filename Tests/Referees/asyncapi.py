"""Checks a gateway's AsyncAPI document: against the standard's own schema, each reference, and each event of the log against its message.

    asyncapi.py http://HOST:PORT SCHEMA
"""

import json
import os
import sys
import urllib.request

import jsonschema


def get(url):
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for element in value:
            yield from references(element)


def resolve(document, reference):
    assert reference.startswith("#/"), reference
    for part in reference[2:].split("/"):
        document = document[part]
    return document


def events(base):
    after = "0-0"
    while True:
        page = get(f"{base}/v1/events?after={after}&limit=1000&refused=true")
        yield page
        if not page["items"]:
            return
        after = page["after"]


def main(base, schema):
    document = get(f"{base}/asyncapi.json")
    if os.path.exists(schema):
        with open(schema) as file:
            standard = json.load(file)
        jsonschema.Draft7Validator.check_schema(standard)
        jsonschema.Draft7Validator(standard).validate(document)
        print("asyncapi: valid by the standard's schema")
    else:
        print(f"asyncapi: NOT checked against the standard's schema: there is no {schema}")
    for reference in references(document):
        resolve(document, reference)
    paths = get(f"{base}/openapi.json")["paths"]
    for channel in document["channels"].values():
        assert channel["address"] is None or channel["address"] in paths, channel["address"]

    messages = document["components"]["messages"]
    validators = {
        name: jsonschema.Draft7Validator({**message["payload"], "components": document["components"]})
        for name, message in messages.items()}
    for validator in validators.values():
        jsonschema.Draft7Validator.check_schema(validator.schema)
    seen = {}
    for page in events(base):
        validators["events_page"].validate(page)
        for event in page["items"]:
            kind = event["type"]
            validators[kind].validate(event)
            seen[kind] = seen.get(kind, 0) + 1
            # That no other message fits is the same for all of a type.
            if seen[kind] > 20:
                continue
            fits = [name for name, validator in validators.items() if validator.is_valid(event)]
            assert fits == [kind], f"{event['id']} is {kind}, and fits {fits}"
    assert seen, "there were no events"
    print(f"asyncapi: {sum(seen.values())} events of {len(seen)} types, each valid as one message only; "
          f"{len(messages)} messages, {len(document['channels'])} channels")


main(sys.argv[1], sys.argv[2])
