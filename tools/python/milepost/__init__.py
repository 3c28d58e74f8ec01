"""Clients of Milepost: `Client` speaks the binary protocol, `API` speaks HTTP. Standard library only.

    from milepost import API, Client, operation

    with Client("127.0.0.1", 7411) as client:
        results = client.submit([operation("DEPOSIT", tenant=7, contract=42, id=1, amount=100_00, argument=4711)])

    api = API("http://127.0.0.1:8080", key="mpk_...")
    api.post("/v1/tenants/7/contracts/42/deposits", {"amount": 10000, "reference": "UTR 4711"}, idempotency_key="deposit 1")
"""

from .api import API, Problem
from .client import Client, Lost, Refused
from .wire import CODES, operation

__all__ = ["API", "CODES", "Client", "Lost", "Problem", "Refused", "operation"]
