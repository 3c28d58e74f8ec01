"""The marketplace in the console: signed and offered by one tenant, installed, updated and reported by another, moderated by the platform."""

import json

from console_documents import ADDRESS, NAME, TENANT, TITLE, Documents
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from selenium.webdriver.common.by import By

BUYER = 9
LISTING = f"{TENANT}~template~{NAME.replace('/', '~')}"
SALE = "Orders of small shops"


def market(browser, base, secrets):
    """The browser is the second administrator's."""
    key = Ed25519PrivateKey.generate()
    first, second = (Documents(base, secret) for secret in secrets)
    version = offer(browser, first, key)
    install(browser)
    update(browser, first, second, key, Documents(base, secrets[0], BUYER), version)
    moderate(browser, base, secrets[0])
    print("console: a template signed and offered, installed, merged with a newer release; reports, a verified publisher, a takedown by two")


def offer(browser, first, key):
    version = first.head()["version"]
    browser.view(f"{ADDRESS}/versions/{version}", f"{NAME} 1.0.2")
    browser.write(
        publisher="shops", publisher_name="Shops & Co", public_key=key.public_key().public_bytes_raw().hex(),
        signature="0" * 128)
    browser.press("Add the signature")
    browser.wait_for("is not the key's signature")
    browser.write(signature=key.sign(bytes.fromhex(version)).hex())
    browser.press("Add the signature")
    browser.said("Signed.")
    browser.write(title=SALE, summary="One delivery, paid after the return window", facets="industry:retail")
    browser.press("Offer it")
    browser.wait(lambda: browser.find("main h1").text == "Offered by us", "it is not offered")
    browser.wait_for(SALE, "Shops & Co", "not verified")
    browser.look_at("what is offered")
    browser.follow(SALE)
    browser.wait(lambda: browser.find("main h1").text == SALE, "its own listing does not open")
    browser.wait_for("Use by day", "Nobody has used it yet.")
    browser.check("one's own listing")
    return version


def install(browser):
    browser.view(f"#/tenants/{BUYER}/market/installed", "Installed from the market")
    browser.wait_for("Nothing is installed.")
    browser.view(f"#/tenants/{BUYER}/market", "Market")
    browser.write(words="shops", facet="industry:retail")
    browser.press("Find")
    browser.wait(lambda: "words=shops" in browser.script("return location.hash"), "nothing is looked for")
    browser.wait_for(SALE)
    browser.look_at("the market")
    browser.follow(SALE)
    browser.wait_for("Install it", "Milestones", "Nobody has rated it.")
    browser.look_at("a listing")
    browser.press("Install")
    browser.said("Installed, as a draft.")
    browser.press("Rate")
    browser.wait_for("not used")
    browser.write(report="it has two deliveries")
    browser.press("Report")
    browser.said("It is on the platform’s list.")
    browser.check("a listing that is installed")


def update(browser, first, second, key, buyer, version):
    """Seller and buyer change the same member; the buyer takes what is the seller's."""
    query = "?label=2.0.0&message=better"
    newer = first.change('"version": "1.0.2"', '"version": "2.0.0"', query)
    first.step(newer, "checked")
    second.step(newer, "approved")
    first.step(newer, "active")
    first.ask("POST", f"/versions/{newer}/signatures", json.dumps({
        "publisher": "shops", "name": "Shops & Co", "public_key": key.public_key().public_bytes_raw().hex(),
        "signature": key.sign(bytes.fromhex(newer)).hex()}))
    first.ask("POST", f"/versions/{newer}/offers", json.dumps({"publisher": "shops", "title": SALE}))
    buyer.change('"version": "1.0.2"', '"version": "1.1.0"')
    browser.view_again(f"#/tenants/{BUYER}/market/listings/{LISTING}", SALE)
    browser.wait_for("/template/version", "2.0.0")
    browser.press("Update to 2.0.0")
    browser.wait_for("Both sides changed the same", "1.1.0")
    browser.look_at("an update with a conflict")
    browser.write(take_0="theirs")
    browser.press("Put both together")
    browser.said("Version 2.0.0 is in the document, as a draft.")
    assert buyer.head()["document"]["template"]["version"] == "2.0.0"
    browser.check("an update")


def moderate(browser, base, secret):
    browser.view("#/tenants/0/market/moderation", "Moderation")
    browser.wait_for("it has two deliveries", "Nothing waits.")
    browser.look_at("moderation")
    browser.write(publisher_tenant=str(TENANT), publisher="shops", reason="papers seen")
    browser.press("Say that")
    browser.said("shops is verified.")
    browser.press("Settle")
    browser.answer("looked at")
    browser.said("Settled.")
    browser.wait_for("Nobody reported anything.")
    browser.view(f"#/tenants/0/market/listings/{LISTING}", SALE)
    browser.wait_for("verified", "Take it down")
    browser.write(takedown_objection="misleading", takedown_reason="it has two")
    browser.press("Propose")
    browser.said("Proposed.")
    browser.press("Confirm what another person proposed")
    browser.wait_for("other person needed")
    platform = Documents(base, secret)
    platform.path = f"{base}/v1/tenants/0/marketplace/{LISTING.replace('~', '/', 2)}/takedowns"
    platform.ask("POST", "", json.dumps({"step": "confirmed"}))
    browser.view(f"#/tenants/{BUYER}/market/notices", "Notices")
    browser.wait_for("taken down", "misleading: it has two")
    browser.look_at("notices")
    browser.view(f"#/tenants/0/market/listings/{LISTING}", SALE)
    browser.wait_for("Taken down as misleading")
    browser.check("a listing that was taken down")
    assert browser.driver.find_elements(By.CSS_SELECTOR, "main .problem")
    browser.write(back_reason="mended")
    browser.press("Put back")
    browser.said("Put back.")
    browser.view(ADDRESS, TITLE)
