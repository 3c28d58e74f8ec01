"""The frames of the binary protocol, version 1: bytes to fields and back.

Written from Sources/Wire/Wire.docc/Protocol.md alone; `check.py` compares it with the test vectors, in both directions.
"""

import struct

VERSION = 1
HEADER_BYTES = 64
SLOT_BYTES = 64

KINDS = {
    "hello": 1, "welcome": 2, "submit": 3, "result": 4, "read": 5, "readReply": 6, "subscribe": 7, "events": 8,
    "credit": 9, "ping": 10, "pong": 11, "busy": 12, "error": 13, "goodbye": 14, "manage": 15, "managed": 16,
}
KIND_NAMES = {number: name for name, number in KINDS.items()}

REPLAYED, ENDED, CANCELS, ENDS_SESSION, PROGRESS = 1, 2, 4, 8, 16

OPERATIONS = (
    "CREATE_CONTRACT SET_POLICY SET_APPROVER VERIFY_PAYEE ADD_MILESTONE OFFER ACCEPT CONSENT DEPOSIT FUND ADVANCE START "
    "SUBMIT WITHDRAW_SUBMISSION APPROVE REJECT AUTO_APPROVE ESCALATE RELEASE PAYOUT_RESULT HOLD DISPUTE WITHDRAW_DISPUTE "
    "RESOLVE RELEASE_RETENTION LEVY REFUND REFUND_RESULT REMIT AMEND CANCEL EXPIRE REOPEN SUSPEND COMPLETE CLOSE_CONTRACT "
    "PRUNE").split()
CODES = {name: number for number, name in enumerate(OPERATIONS, 1)}


class Malformed(Exception):
    """Bytes that are no frame of this protocol."""


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC = _crc_table()


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = _CRC[(value ^ byte) & 255] ^ value >> 8
    return value ^ 0xFFFFFFFF


class Record:
    """Fields of a fixed layout, by name. A format is one of struct's, `16` for a number of 128 bits, or `-n` for n zero bytes."""

    def __init__(self, *fields):
        self.fields = fields
        self.size = sum(self._size(form) for _, form in fields)

    @staticmethod
    def _size(form):
        return 16 if form == "16" else int(form[1:]) if form[0] == "-" else struct.calcsize("<" + form)

    def encode(self, values):
        data = bytearray()
        for name, form in self.fields:
            if form[0] == "-":
                data += bytes(int(form[1:]))
            elif form == "16":
                data += values.get(name, 0).to_bytes(16, "little")
            elif len(form) > 1:
                data += struct.pack("<" + form, *values.get(name, [0] * int(form[:-1])))
            else:
                data += struct.pack("<" + form, values.get(name, 0))
        return bytes(data)

    def decode(self, data, offset=0):
        values = {}
        for name, form in self.fields:
            size = self._size(form)
            part = data[offset:offset + size]
            if len(part) < size:
                raise Malformed("a record is cut")
            if form[0] == "-":
                if any(part):
                    raise Malformed(f"bytes {offset} to {offset + size} are reserved")
            elif form == "16":
                values[name] = int.from_bytes(part, "little")
            else:
                found = struct.unpack("<" + form, part)
                values[name] = list(found) if len(form) > 1 else found[0]
            offset += size
        return values


HELLO = Record(("authentication", "B"), ("scope", "B"), ("credentialByteCount", "H"), ("tenant", "I"), ("", "-8"), ("nonce", "16"), ("", "-32"))
WELCOME = Record(
    ("class", "B"), ("scope", "B"), ("resumed", "B"), ("", "-1"), ("tenant", "I"), ("lastRequest", "Q"), ("now", "q"),
    ("commit", "Q"), ("oldestCommit", "Q"), ("frameByteCountMax", "I"), ("operationCountMax", "I"), ("requestWindow", "I"),
    ("connectionCountMax", "I"), ("bytesInFlightMax", "Q"), ("idleMilliseconds", "I"), ("handshakeMilliseconds", "I"),
    ("readItemCountMax", "I"), ("eventCreditMax", "I"), ("subscriptionCountMax", "I"), ("sessionCountMax", "I"),
    ("replyByteCountMax", "Q"), ("nonce", "16"), ("", "-16"))
OPERATION = Record(
    ("contract", "16"), ("id", "16"), ("amount", "q"), ("argument", "Q"), ("tenant", "I"), ("actor", "I"), ("ordinal", "H"),
    ("code", "B"), ("flags", "B"), ("expectedVersion", "I"))
RESULT = Record(("code", "B"), ("state", "B"), ("payoutAttempt", "H"), ("version", "I"), ("amount", "q"))
READ = Record(
    ("query", "B"), ("state", "B"), ("ordinal", "H"), ("tenant", "I"), ("limit", "I"), ("", "-4"), ("contract", "16"),
    ("cursor", "Q"), ("dueFrom", "q"), ("dueBefore", "q"), ("", "-8"))
READ_REPLY = Record(("query", "B"), ("status", "B"), ("itemByteCount", "H"), ("tenant", "I"), ("cursor", "Q"), ("commit", "Q"), ("", "-8"))
BUCKETS = tuple((name, "q") for name in (
    "funded unallocated held retained payoutPending refundPending taxWithheld otherWithheld paidOut returned refunded "
    "taxDeposited otherPaid fee").split())
CONTRACT = Record(
    ("contract", "16"), ("tenant", "I"), ("version", "I"), ("payer", "I"), ("payee", "I"), ("arbiter", "I"), ("milestoneCount", "I"),
    ("payoutAttempt", "H"), ("state", "B"), ("", "-5"), ("value", "q"), ("advanceOutstanding", "q"), *BUCKETS, ("", "-16"))
MILESTONE = Record(
    ("contract", "16"), ("tenant", "I"), ("version", "I"), ("ordinal", "H"), ("payoutAttempt", "H"), ("state", "B"), ("", "-3"),
    ("amount", "q"), ("held", "q"), ("retained", "q"), ("certified", "q"), ("released", "q"), ("owed", "q"), ("pending", "q"),
    ("paid", "q"), ("refunded", "q"), ("due", "q"), ("", "-16"))
TOTALS = Record(("tenant", "I"), ("", "-12"), *BUCKETS)
TIMER = Record(("contract", "16"), ("tenant", "I"), ("ordinal", "H"), ("kind", "B"), ("", "-1"), ("due", "q"), ("amount", "q"), ("", "-8"))
# What each query answers with, and under which name its buckets lie.
ANSWERS = {1: (CONTRACT, "buckets"), 2: (MILESTONE, None), 3: (TOTALS, "totals"), 4: (MILESTONE, None), 5: (CONTRACT, "buckets"),
           6: (MILESTONE, None), 7: (MILESTONE, None), 8: (TIMER, None), 9: (TIMER, None)}
SUBSCRIBE = Record(
    ("commit", "Q"), ("index", "I"), ("credit", "I"), ("scope", "B"), ("acceptedOnly", "B"), ("reportsProgress", "B"), ("", "-1"),
    ("tenant", "I"), ("", "-8"))
EVENT = Record(("commit", "Q"), ("stamp", "q"), ("sequence", "Q"), ("index", "I"), ("shard", "H"), ("", "-2"), *RESULT.fields, ("", "-16"))
END = Record(("reason", "H"), ("", "-6"), ("value", "Q"))
PROGRESS_PLACE = Record(("nextCommit", "Q"), ("nextIndex", "I"), ("", "-4"))
PONG = Record(("now", "q"), ("commit", "Q"))
BUSY = Record(("retryMilliseconds", "I"), ("", "-4"), ("lastRequest", "Q"))
ERROR = Record(("reason", "H"), ("textByteCount", "H"), ("place", "I"), ("value", "Q"))

TERMS = Record(
    ("retentionCap", "q"), ("arbiter", "I"), ("review", "I"), ("payBy", "I"), ("disputeWindow", "I"), ("arbitration", "I"),
    ("defectPeriod", "I"), ("grace", "I"), ("retentionBP", "H"), ("retentionFirstBP", "H"), ("advanceBP", "H"),
    ("advanceRecoveryBP", "H"), ("gstBP", "H"), ("tdsBP", "H"), ("gstTDSBP", "H"), ("cessBP", "H"), ("feeBP", "H"), ("ldCapBP", "H"),
    ("defaultSplitBP", "H"), ("holdDays", "B"), ("dormantDays", "B"), ("flags", "H"), ("", "-2"))
POLICY = Record(
    ("band", "4q"), ("autoMax", "q"), ("escalation", "I"), ("votes", "4B"), ("reworkLimit", "B"), ("maxLevel", "B"), ("ordered", "B"),
    ("majority", "B"), ("", "-12"))
PREDECESSORS = Record(("ordinals", "4H"), ("", "-56"))
LINES = Record(
    ("net", "q"), ("retention", "q"), ("tax", "q"), ("other", "q"), ("advance", "q"), ("fee", "q"), ("liquidatedDamages", "q"), ("", "-8"))
EXTENSIONS = {1: ("terms", TERMS), 2: ("policy", POLICY), 5: ("predecessors", PREDECESSORS), 19: ("lines", LINES)}


def operation(code, *, tenant, contract, id, ordinal=0, actor=0, amount=0, argument=0, mode=0, expectedVersion=0, linked=0, extension=None):
    """An operation as fields; `code` by name or number, `extension` a dictionary of its fields."""
    fields = dict(
        code=CODES.get(code, code), tenant=tenant, contract=contract, id=id, ordinal=ordinal, actor=actor, amount=amount,
        argument=argument, mode=mode, expectedVersion=expectedVersion, linked=linked)
    if extension is not None:
        fields["extension"] = extension
    return fields


def encode_operation(fields):
    extension = fields.get("extension")
    flags = fields.get("mode", 0) << 4 | (2 if extension is not None else 0) | fields.get("linked", 0)
    data = OPERATION.encode({**fields, "flags": flags})
    return data if extension is None else data + EXTENSIONS[fields["code"]][1].encode(extension)


def decode_operation(data, offset):
    """The operation at `offset`, and where the next one begins."""
    fields = OPERATION.decode(data, offset)
    offset += SLOT_BYTES
    flags = fields.pop("flags")
    fields["mode"], fields["linked"] = flags >> 4, flags & 1
    if flags & 2:
        name, layout = EXTENSIONS[fields["code"]]
        fields["extension"] = {"type": name, **layout.decode(data, offset)}
        offset += SLOT_BYTES
    return fields, offset


def encode_body(kind, fields):
    """The body of a frame, and what its header counts."""
    if kind == "hello":
        credential = bytes.fromhex(fields.get("credential", ""))
        return HELLO.encode({**fields, "credentialByteCount": len(credential)}) + credential, 0
    if kind == "submit":
        return b"".join(encode_operation(one) for one in fields["operations"]), len(fields["operations"])
    if kind == "result":
        return b"".join(RESULT.encode(one) for one in fields["results"]), len(fields["results"])
    if kind == "readReply":
        layout, buckets = ANSWERS[fields["query"]]
        rows = [{**row, **row.get(buckets, {})} for row in fields["records"]]
        return READ_REPLY.encode({**fields, "itemByteCount": layout.size}) + b"".join(map(layout.encode, rows)), len(rows)
    if kind == "events":
        if "nextCommit" in fields:
            return PROGRESS_PLACE.encode(fields), 0
        if "reason" in fields:
            return END.encode(fields), 0
        return b"".join(
            EVENT.encode({**one, **one["result"]}) + encode_operation(one["operation"]) for one in fields["events"]), len(fields["events"])
    if kind == "error":
        text = fields["text"].encode()
        return ERROR.encode({**fields, "textByteCount": len(text)}) + text, 0
    if kind in ("manage", "managed"):
        return fields["json"].encode(), 0
    layouts = {"welcome": WELCOME, "read": READ, "subscribe": SUBSCRIBE, "pong": PONG, "busy": BUSY}
    return (layouts[kind].encode(fields) if kind in layouts else b""), 0


def decode_body(kind, flags, count, data):
    """Fields of a body; the other way round."""
    if kind == "hello":
        fields = HELLO.decode(data)
        if fields.pop("credentialByteCount") != len(data) - HELLO.size:
            raise Malformed("the credential has another length")
        return {**fields, "credential": data[HELLO.size:].hex()}
    if kind == "submit":
        operations, offset = [], 0
        for _ in range(count):
            one, offset = decode_operation(data, offset)
            operations.append(one)
        return {"operations": operations}
    if kind == "result":
        return {"results": [RESULT.decode(data, RESULT.size * index) for index in range(count)]}
    if kind == "readReply":
        fields = READ_REPLY.decode(data)
        layout, buckets = ANSWERS[fields["query"]]
        if fields.pop("itemByteCount") != layout.size:
            raise Malformed("records have another size")
        rows = [layout.decode(data, READ_REPLY.size + layout.size * index) for index in range(count)]
        if buckets:
            rows = [{**{k: v for k, v in row.items() if (k, "q") not in BUCKETS}, buckets: {k: row[k] for k, _ in BUCKETS}} for row in rows]
        return {**fields, "records": rows}
    if kind == "events":
        if flags & PROGRESS:
            return PROGRESS_PLACE.decode(data)
        if flags & ENDED:
            return END.decode(data)
        events, offset = [], 0
        for _ in range(count):
            fields = EVENT.decode(data, offset)
            result = {name: fields.pop(name) for name, _ in RESULT.fields}
            one, offset = decode_operation(data, offset + SLOT_BYTES)
            events.append({**fields, "result": result, "operation": one})
        return {"events": events}
    if kind == "error":
        fields = ERROR.decode(data)
        if fields.pop("textByteCount") != len(data) - ERROR.size:
            raise Malformed("the text has another length")
        return {**fields, "text": data[ERROR.size:].decode()}
    if kind in ("manage", "managed"):
        return {"json": data.decode()}
    layouts = {"welcome": WELCOME, "read": READ, "subscribe": SUBSCRIBE, "pong": PONG, "busy": BUSY}
    return layouts[kind].decode(data) if kind in layouts else {}


def encode(kind, fields=None, *, flags=0, count=None, session=0, trace=0, request=0):
    """A whole frame. `count` only where the body does not say it (credit)."""
    body, counted = encode_body(kind, fields or {})
    header = struct.pack("<4sBBHII", b"MPST", VERSION, KINDS[kind], flags, len(body), counted if count is None else count)
    header += session.to_bytes(16, "little") + trace.to_bytes(16, "little")
    header += struct.pack("<QI", request, crc32c(body) if body else 0)
    return header + struct.pack("<I", crc32c(header)) + body


def decode_header(data):
    """Fields of a header, checked. `bodyByteCount` bytes of body follow it."""
    magic, version, kind, flags, length, count = struct.unpack_from("<4sBBHII", data)
    request, body_checksum, checksum = struct.unpack_from("<QII", data, 48)
    if magic != b"MPST" or version != VERSION or checksum != crc32c(data[:60]) or kind not in KIND_NAMES:
        raise Malformed("no header of this protocol")
    return dict(
        kind=KIND_NAMES[kind], flags=flags, bodyByteCount=length, count=count, session=int.from_bytes(data[16:32], "little"),
        trace=int.from_bytes(data[32:48], "little"), request=request, bodyChecksum=body_checksum)


def decode(header, body):
    """Fields of a body behind its header."""
    if header["bodyChecksum"] != (crc32c(body) if body else 0):
        raise Malformed("the body does not match its checksum")
    return decode_body(header["kind"], header["flags"], header["count"], body)
