#!/usr/bin/env python3
"""Writes frames.json, the test vectors of the protocol: python3 generate.py

A second, independent encoder, written from Protocol.md alone. The Swift tests check both directions against its output.
Every number is a string: decimal, or hexadecimal with 0x for 128-bit identifiers.
"""
import json
import pathlib
import struct

KINDS = dict(hello=1, welcome=2, submit=3, result=4, read=5, readReply=6, subscribe=7, events=8, credit=9, ping=10,
             pong=11, busy=12, error=13, goodbye=14, manage=15, managed=16)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def u128(value):
    return value.to_bytes(16, "little")


def header(kind, body, flags=0, count=0, session=0, trace=0, request=0):
    first = b"MPST" + struct.pack("<BBHII", 1, KINDS[kind], flags, len(body), count) + u128(session) + u128(trace)
    first += struct.pack("<QI", request, crc32c(body))
    return first + struct.pack("<I", crc32c(first))


def text(value):
    return str(value)


def operation(o):
    flags = o.get("mode", 0) << 4 | (2 if "extension" in o else 0) | o.get("linked", 0)
    slot = u128(o["contract"]) + u128(o["id"]) + struct.pack(
        "<qQIIHBBI", o.get("amount", 0), o.get("argument", 0), o["tenant"], o.get("actor", 0), o.get("ordinal", 0),
        o["code"], flags, o.get("expectedVersion", 0))
    return slot + (extension(o["extension"]) if "extension" in o else b"")


def extension(e):
    if e["type"] == "terms":
        return struct.pack("<q6I", e["retentionCap"], e["arbiter"], e["review"], e["payBy"], e["disputeWindow"],
                           e["arbitration"], e["defectPeriod"]) + struct.pack("<I", e["grace"]) + struct.pack(
            "<11HBBHH", e["retentionBP"], e["retentionFirstBP"], e["advanceBP"], e["advanceRecoveryBP"], e["gstBP"],
            e["tdsBP"], e["gstTDSBP"], e["cessBP"], e["feeBP"], e["ldCapBP"], e["defaultSplitBP"], e["holdDays"],
            e["dormantDays"], e["flags"], 0)
    if e["type"] == "policy":
        return struct.pack("<4qqI4BBBBB", *e["band"], e["autoMax"], e["escalation"], *e["votes"], e["reworkLimit"],
                           e["maxLevel"], e["ordered"], e["majority"]) + bytes(12)
    if e["type"] == "predecessors":
        return struct.pack("<4H", *e["ordinals"]) + bytes(56)
    if e["type"] == "lines":
        return struct.pack("<8q", e["net"], e["retention"], e["tax"], e["other"], e["advance"], e["fee"],
                           e["liquidatedDamages"], 0)
    raise ValueError(e["type"])


def result(r):
    return struct.pack("<BBHIq", r["code"], r["state"], r["payoutAttempt"], r["version"], r["amount"])


TOTALS = ["funded", "unallocated", "held", "retained", "payoutPending", "refundPending", "taxWithheld", "otherWithheld",
          "paidOut", "returned", "refunded", "taxDeposited", "otherPaid", "fee"]


def totals(t):
    return struct.pack("<14q", *[t[name] for name in TOTALS])


def contract_record(r):
    return u128(r["contract"]) + struct.pack("<6IHB5x2q", r["tenant"], r["version"], r["payer"], r["payee"], r["arbiter"],
                                             r["milestoneCount"], r["payoutAttempt"], r["state"], r["value"],
                                             r["advanceOutstanding"]) + totals(r["buckets"]) + bytes(16)


MILESTONE_SUMS = ["amount", "held", "retained", "certified", "released", "owed", "pending", "paid", "refunded", "due"]


def milestone_record(r):
    return u128(r["contract"]) + struct.pack("<2I2HB3x10q", r["tenant"], r["version"], r["ordinal"], r["payoutAttempt"],
                                             r["state"], *[r[name] for name in MILESTONE_SUMS]) + bytes(16)


def totals_record(r):
    return struct.pack("<I12x", r["tenant"]) + totals(r["totals"])


def timer_record(r):
    return u128(r["contract"]) + struct.pack("<IHBxqq8x", r["tenant"], r["ordinal"], r["kind"], r["due"], r["amount"])


QUERIES = dict(contract=1, milestone=2, totals=3, milestonesOfContract=4, contractsByState=5, milestonesByState=6,
               milestonesByDue=7, timersOfContract=8, timersByDue=9)
RECORDS = {1: (contract_record, 192), 2: (milestone_record, 128), 3: (totals_record, 128), 4: (milestone_record, 128),
           5: (contract_record, 192), 6: (milestone_record, 128), 7: (milestone_record, 128), 8: (timer_record, 48),
           9: (timer_record, 48)}


def event(e):
    return struct.pack("<qqQIHH", e["commit"], e["stamp"], e["sequence"], e["index"], e["shard"], 0) + result(
        e["result"]) + bytes(16) + operation(e["operation"])


def body(kind, b):
    if kind == "hello":
        credential = bytes.fromhex(b["credential"])
        return struct.pack("<BBHI8x", b["authentication"], b["scope"], len(credential), b["tenant"]) + u128(
            b["nonce"]) + bytes(32) + credential
    if kind == "welcome":
        return struct.pack("<BBBxIQqQQIIIIQIIIIIIQ", b["class"], b["scope"], b["resumed"], b["tenant"], b["lastRequest"],
                           b["now"], b["commit"], b["oldestCommit"], b["frameByteCountMax"], b["operationCountMax"],
                           b["requestWindow"], b["connectionCountMax"], b["bytesInFlightMax"], b["idleMilliseconds"],
                           b["handshakeMilliseconds"], b["readItemCountMax"], b["eventCreditMax"],
                           b["subscriptionCountMax"], b["sessionCountMax"], b["replyByteCountMax"]) + u128(
            b["nonce"]) + bytes(16)
    if kind == "submit":
        return b"".join(operation(o) for o in b["operations"])
    if kind == "result":
        return b"".join(result(r) for r in b["results"])
    if kind == "read":
        return struct.pack("<BBHII4x", b["query"], b["state"], b["ordinal"], b["tenant"], b["limit"]) + u128(
            b["contract"]) + struct.pack("<Qqq8x", b["cursor"], b["dueFrom"], b["dueBefore"])
    if kind == "readReply":
        record, size = RECORDS[b["query"]]
        return struct.pack("<BBHIQQ8x", b["query"], b["status"], size, b["tenant"], b["cursor"], b["commit"]) + b"".join(
            record(r) for r in b["records"])
    if kind == "subscribe":
        return struct.pack("<QIIBBBxI8x", b["commit"], b["index"], b["credit"], b["scope"], b["acceptedOnly"],
                           b["reportsProgress"], b["tenant"])
    if kind == "events":
        if "reason" in b:
            return struct.pack("<H6xQ", b["reason"], b["value"])
        if "nextCommit" in b:
            return struct.pack("<QI4x", b["nextCommit"], b["nextIndex"])
        return b"".join(event(e) for e in b["events"])
    if kind == "pong":
        return struct.pack("<qQ", b["now"], b["commit"])
    if kind == "busy":
        return struct.pack("<I4xQ", b["retryMilliseconds"], b["lastRequest"])
    if kind == "error":
        encoded = b["text"].encode()
        return struct.pack("<HHIQ", b["reason"], len(encoded), b["place"], b["value"]) + encoded
    if kind in ("manage", "managed"):
        return b["json"].encode()
    return b""


WIDE = {"contract", "id", "session", "trace", "nonce"}


def strings(value, key=""):
    if isinstance(value, dict):
        return {k: strings(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [strings(v) for v in value]
    if isinstance(value, int):
        return f"0x{value:032x}" if key in WIDE else str(value)
    return value


SESSION = 0x5E5510000000000000000000DECAFBAD
TRACE = 0x4BF92F3577B34DA6A3CE929D0E0E4736
CONTRACT = 0x0190A5B8C7D67E8F9A0B1C2D3E4F5061

TERMS = dict(type="terms", retentionCap=5_000_000, arbiter=77, review=1_209_600, payBy=604_800, disputeWindow=259_200,
             arbitration=2_592_000, defectPeriod=31_536_000, grace=86_400, retentionBP=500, retentionFirstBP=5_000,
             advanceBP=1_000, advanceRecoveryBP=1_250, gstBP=1_800, tdsBP=200, gstTDSBP=200, cessBP=100, feeBP=25,
             ldCapBP=1_000, defaultSplitBP=5_000, holdDays=30, dormantDays=90, flags=0b1000_0101)
POLICY = dict(type="policy", band=[0, 1_000_000, 10_000_000, 100_000_000], autoMax=50_000_000, escalation=259_200,
              votes=[1, 2, 1, 0], reworkLimit=3, maxLevel=2, ordered=1, majority=0)
LINES = dict(type="lines", net=900, retention=50, tax=20, other=10, advance=15, fee=5, liquidatedDamages=0)
BUCKETS = {name: 1_000 * (index + 1) + index for index, name in enumerate(TOTALS)}

LIMITS = dict(frameByteCountMax=1_048_384, operationCountMax=8_190, requestWindow=256, connectionCountMax=1_024,
              bytesInFlightMax=1 << 29, idleMilliseconds=60_000, handshakeMilliseconds=5_000, readItemCountMax=4_096,
              eventCreditMax=65_536, subscriptionCountMax=16, sessionCountMax=65_536, replyByteCountMax=1 << 26)


def op(code, id, **fields):
    return dict(contract=CONTRACT, id=id, tenant=7, code=code, **fields)


MILESTONE = dict(contract=CONTRACT, tenant=7, version=9, ordinal=3, payoutAttempt=2, state=7, amount=2_000_000,
                 held=100, retained=200, certified=1_500_000, released=1_400_000, owed=50, pending=1_300_000, paid=700,
                 refunded=1, due=1_767_225_600_000)
CONTRACT_RECORD = dict(contract=CONTRACT, tenant=7, version=12, payer=11, payee=12, arbiter=77, milestoneCount=4,
                       payoutAttempt=1, state=3, value=10_000_000, advanceOutstanding=800_000, buckets=BUCKETS)

READ = dict(state=0, ordinal=0, tenant=7, limit=0, contract=0, cursor=0, dueFrom=0, dueBefore=0)

FRAMES = [
    ("hello, new session", "hello", {},
     dict(authentication=0, scope=0, tenant=0, nonce=0, credential="")),
    ("hello, resumed, one tenant, with a key", "hello", dict(session=SESSION, trace=TRACE),
     dict(authentication=1, scope=1, tenant=7, nonce=0x0123456789ABCDEF0011223344556677, credential="6b65792d3031")),
    ("hello, by certificate", "hello", {}, dict(authentication=3, scope=0, tenant=0, nonce=0, credential="")),
    ("welcome", "welcome", dict(session=SESSION),
     {"class": 1, "scope": 0, "resumed": 1, "tenant": 0, "lastRequest": 41, "now": 1_767_225_600_123, "commit": 900,
      "oldestCommit": 100, **LIMITS, "nonce": 5}),
    ("submit, one deposit", "submit", dict(session=SESSION, trace=TRACE, request=42, count=1),
     dict(operations=[op(9, 1, actor=11, amount=2_500_000, argument=0xDEADBEEF12345678)])),
    ("submit, every extension, linked, modes", "submit", dict(session=SESSION, request=43, count=5),
     dict(operations=[
         op(1, 2, actor=11, amount=10_000_000, argument=12 << 32 | 11, extension=TERMS),
         op(2, 3, actor=11, extension=POLICY),
         op(5, 4, actor=11, ordinal=3, amount=2_000_000, argument=1_767_225_600_000,
            extension=dict(type="predecessors", ordinals=[1, 2, 0, 0])),
         op(19, 5, ordinal=3, mode=1, amount=1_000, linked=1, extension=LINES),
         op(29, 6, mode=0, amount=20, argument=99, expectedVersion=4_294_967_295)])),
    ("result, two codes", "result", dict(session=SESSION, trace=TRACE, request=42, count=2),
     dict(results=[dict(code=0, state=7, payoutAttempt=2, version=9, amount=900),
                   dict(code=111, state=3, payoutAttempt=0, version=12, amount=0)])),
    ("result, replayed, a negative amount", "result", dict(session=SESSION, request=41, count=1, flags=1),
     dict(results=[dict(code=0, state=6, payoutAttempt=65_535, version=4_294_967_295, amount=-1)])),
    ("read, one milestone", "read", dict(session=SESSION, request=1),
     {**READ, "query": 2, "ordinal": 3, "contract": CONTRACT}),
    ("read, milestones by due date", "read", dict(session=SESSION, request=2),
     {**READ, "query": 7, "state": 4, "limit": 100, "cursor": 1 << 40, "dueFrom": -5, "dueBefore": 1_767_225_600_000}),
    ("read, timers of a contract", "read", dict(session=SESSION, request=10),
     {**READ, "query": 8, "limit": 20, "cursor": 0x0303, "contract": CONTRACT}),
    ("read, timers by due date", "read", dict(session=SESSION, request=11),
     {**READ, "query": 9, "limit": 4_096, "dueFrom": 0, "dueBefore": 1_767_225_600_000}),
    ("readReply, contract", "readReply", dict(session=SESSION, request=3, count=1),
     dict(query=1, status=0, tenant=7, cursor=0, commit=900, records=[CONTRACT_RECORD])),
    ("readReply, two milestones of a scan", "readReply", dict(session=SESSION, request=2, count=2),
     dict(query=7, status=0, tenant=7, cursor=123, commit=900,
          records=[MILESTONE, {**MILESTONE, "ordinal": 4, "state": 1}])),
    ("readReply, totals", "readReply", dict(session=SESSION, request=4, count=1),
     dict(query=3, status=0, tenant=7, cursor=0, commit=900, records=[dict(tenant=7, totals=BUCKETS)])),
    ("readReply, timers", "readReply", dict(session=SESSION, request=11, count=2),
     dict(query=9, status=0, tenant=7, cursor=1 << 32, commit=900,
          records=[dict(contract=CONTRACT, tenant=7, ordinal=0, kind=8, due=1_767_225_599_999, amount=5_000),
                   dict(contract=CONTRACT, tenant=7, ordinal=65_535, kind=2, due=1, amount=0)])),
    ("readReply, not found", "readReply", dict(session=SESSION, request=5),
     dict(query=2, status=1, tenant=7, cursor=0, commit=900, records=[])),
    ("subscribe", "subscribe", dict(session=SESSION, request=6),
     dict(commit=800, index=3, credit=1_000, scope=1, acceptedOnly=1, tenant=7,
          reportsProgress=0)),
    ("subscribe, with progress", "subscribe", dict(session=SESSION, request=6),
     dict(commit=801, index=0, credit=0, scope=0, acceptedOnly=0, reportsProgress=1, tenant=0)),
    ("events, with and without extension", "events", dict(session=SESSION, request=6, count=2),
     dict(events=[
         dict(commit=800, stamp=1_767_225_600_000, sequence=5_000, index=3, shard=63,
              result=dict(code=0, state=7, payoutAttempt=1, version=2, amount=900),
              operation=op(19, 5, ordinal=3, mode=1, amount=1_000, extension=LINES)),
         dict(commit=801, stamp=1_767_225_600_001, sequence=5_001, index=0, shard=63,
              result=dict(code=46, state=7, payoutAttempt=1, version=2, amount=0),
              operation=op(12, 7, ordinal=3, actor=12))])),
    ("events, ended: too old", "events", dict(session=SESSION, request=6, flags=2), dict(reason=52, value=100)),
    ("events, progress", "events", dict(session=SESSION, request=6, flags=16), dict(nextCommit=801, nextIndex=2)),
    ("credit", "credit", dict(session=SESSION, request=6, count=500), {}),
    ("credit, cancels", "credit", dict(session=SESSION, request=6, flags=4), {}),
    ("ping", "ping", dict(session=SESSION, trace=TRACE, request=7), {}),
    ("pong", "pong", dict(session=SESSION, trace=TRACE, request=7), dict(now=1_767_225_600_123, commit=900)),
    ("busy", "busy", dict(session=SESSION, request=44), dict(retryMilliseconds=25, lastRequest=43)),
    ("error", "error", dict(session=SESSION, request=44),
     dict(reason=26, place=48, value=44, text="request 46 came where 44 was expected")),
    ("goodbye", "goodbye", dict(session=SESSION), {}),
    ("manage", "manage", dict(session=SESSION, trace=TRACE, request=8), dict(json='{"revoke":{"key":7}}')),
    ("managed", "managed", dict(session=SESSION, trace=TRACE, request=8),
     dict(json='{"refused":{"kind":"notFound","text":"there is no key 7"}}')),
    ("goodbye, ends the session", "goodbye", dict(session=SESSION, flags=8), {}),
]


def main():
    assert crc32c(b"123456789") == 0xE3069283
    vectors = []
    for name, kind, head, fields in FRAMES:
        encoded = body(kind, fields)
        frame = header(kind, encoded, **head) + encoded
        full = dict(flags=0, count=0, session=0, trace=0, request=0) | head
        vectors.append(dict(name=name, kind=kind, header=strings(full), body=strings(fields), hex=frame.hex()))
    path = pathlib.Path(__file__).with_name("frames.json")
    path.write_text(json.dumps(vectors, indent=1) + "\n")


main()
