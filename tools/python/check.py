"""Checks the Python client: frames against the test vectors, in both directions, and both clients against a server.

    check.py VECTORS [HOST:PORT http://HOST:PORT]
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from milepost import API, Client, Problem, operation, wire  # noqa: E402


def numbers(value):
    """Vectors write numbers as text; credentials, names and JSON stay text."""
    if isinstance(value, dict):
        return {name: part if name in ("credential", "text", "json", "type") else numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [numbers(part) for part in value]
    return int(value, 0)


def without_zeros(value):
    """What is not said is zero."""
    if isinstance(value, dict):
        return {name: without_zeros(part) for name, part in value.items() if part not in (0, "", [0, 0, 0, 0])}
    return [without_zeros(part) for part in value] if isinstance(value, list) else value


def vectors(path):
    count = 0
    for vector in json.loads(pathlib.Path(path).read_text()):
        data, fields, head = bytes.fromhex(vector["hex"]), numbers(vector["body"]), numbers(vector["header"])
        header = wire.decode_header(data[:64])
        for name in head:
            assert header[name] == head[name], f"{vector['name']}: {name}"
        found = without_zeros(wire.decode(header, data[64:]))
        assert found == without_zeros(fields), f"{vector['name']}: {found}, not {fields}"
        counted = {"count": head["count"]} if vector["kind"] == "credit" else {}
        again = wire.encode(
            vector["kind"], fields, flags=head["flags"], session=head["session"], trace=head["trace"], request=head["request"], **counted)
        assert again == data, f"{vector['name']}: other bytes"
        for place in (0, 5, 20, 61, len(data) - 1):
            broken = bytearray(data)
            broken[place] ^= 1
            try:
                wire.decode(wire.decode_header(bytes(broken[:64])), bytes(broken[64:]))
            except wire.Malformed:
                continue
            raise AssertionError(f"{vector['name']}: byte {place} may be anything")
        count += 1
    print(f"python: {count} frames read and written as the vectors say")


def live(address, base):
    host, port = address.rsplit(":", 1)
    tenant, contract = 9001, 77
    with Client(host, int(port)) as client:
        due = 4_102_444_800_000
        results = client.submit([
            operation("CREATE_CONTRACT", tenant=tenant, contract=contract, id=1, actor=10, amount=5000, argument=10 | 20 << 32,
                      extension={"review": 86400, "arbitration": 86400, "dormantDays": 90}),
            operation("ADD_MILESTONE", tenant=tenant, contract=contract, id=2, actor=10, ordinal=1, amount=5000, argument=due),
            operation("OFFER", tenant=tenant, contract=contract, id=3, actor=10),
            operation("ACCEPT", tenant=tenant, contract=contract, id=4, actor=20),
        ])
        assert [one["code"] for one in results] == [0] * 4, results
        api = API(base)
        path = f"/v1/tenants/{tenant}/contracts/{contract}"
        for _ in range(2):
            api.post(path + "/deposits", {"amount": 5000, "reference": "UTR 1"}, idempotency_key="deposit 1")
        api.post(path + "/milestones/1/fund", {"amount": 3000, "actor": "10"}, idempotency_key="fund 1")
        try:
            api.post(path + "/milestones/1/fund", {"amount": 3000, "actor": "10"}, idempotency_key="fund 2")
            raise AssertionError("funded beyond its amount")
        except Problem as problem:
            assert problem.code == "over_allocation", problem
        record = client.read(1, tenant=tenant, contract=contract)["records"][0]
        document = api.get(path)
        assert record["buckets"]["held"] == document["buckets"]["held"] == 3000
        assert record["buckets"]["unallocated"] == document["buckets"]["unallocated"] == 2000
        statement = api.statement(path + "/statement", limit=1)
        assert [one["operation"] for one in statement["items"]] == ["deposit", "fund"], statement
        assert statement["closing"] == document["buckets"], statement
        assert [one["contract"] for one in api.pages(f"/v1/tenants/{tenant}/contracts", limit=1)] == [str(contract)]
        timers = api.timers(path)
        assert [(one["kind"], one["milestone"], one["due"][:4]) for one in timers] == [("expire", 1, "2100")], timers
        assert timers == api.timers(f"/v1/tenants/{tenant}", due_from="2100-01-01T00:00:00Z", limit=1)
        framed = client.read(8, tenant=tenant, contract=contract, limit=10)["records"]
        assert [(one["kind"], one["ordinal"], one["due"] >= due) for one in framed] == [(3, 1, True)], framed
        mine = [(one["commit"], one["index"]) for one in client.follow(tenant=tenant, accepted_only=True)]
        theirs = [tuple(map(int, one["id"].split("-"))) for one in api.events(f"/v1/tenants/{tenant}/events")]
        assert mine == theirs and len(mine) == 6, (mine, theirs)
    print("python: both clients agree with each other and with the server")


if __name__ == "__main__":
    vectors(sys.argv[1])
    if len(sys.argv) > 2:
        live(sys.argv[2], sys.argv[3])
