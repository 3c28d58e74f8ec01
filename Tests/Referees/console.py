"""Uses the console as people do: a real Chromium, driven through WebDriver, before a server with keys and one without.

    console.py BINARY DIRECTORY PICTURES

Starts servers of its own on stores in DIRECTORY, and stops them. Pictures of the views are written to PICTURES.
"""

import http.server
import json
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pyotp
from browser import Browser, press, sign_in, tab_to
from console_documents import documents
from console_market import market
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

binary, directory, pictures = sys.argv[1:]
TENANT = 7
# Administrators are 1 and 2, the gateway's own key 3.
KEY = "4"
ONE = {"payer": "10", "payee": "20", "value": 100, "actor": "10"}
EVIL = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes webhooks at /good; at /gone it wants no more, at /bad it fails."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response({"/good": 204, "/gone": 410}.get(self.path, 500))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def milepost(*arguments):
    return subprocess.run([binary, *arguments], capture_output=True, text=True, check=True, timeout=60).stdout


def serve(store, *more):
    with open(f"{store}.out", "w") as out, open(f"{store}.log", "w") as log:
        server = subprocess.Popen(
            [binary, "serve", "--store", store, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
             "--webhook-allow-loopback", "--templates", "Datasets/templates", *more], stdout=out, stderr=log)
    for _ in range(300):
        ready = re.search(r"^ready \S+:(\d+)", open(f"{store}.out").read(), re.M)
        base = re.search(r"HTTP on (\S+)", open(f"{store}.log").read())
        if ready and base:
            return server, base[1], int(ready[1])
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(open(f"{store}.log").read())


def ask(base, path, document=None, secret=None, method=None):
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    if document is not None:
        headers["content-type"] = "application/json"
    request = urllib.request.Request(
        base + path, None if document is None else json.dumps(document).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path}: {error.read().decode()}") from error


def fill(base, secret, receiver):
    """Contracts with money in many places, one of them disputed, the highest sum, and endpoints that fare differently."""
    contracts = f"/v1/tenants/{TENANT}/contracts"

    def post(path, **document):
        return ask(base, path, document, secret, "POST")

    for name, path, summary in (("good", "/good", "The shop"), ("bad", "/bad", EVIL)):
        post(f"/v1/tenants/{TENANT}/webhooks", url=f"http://127.0.0.1:{receiver}{path}", description=summary)
    for number in range(1, 61):
        value = 12_34_567_89 if number == 1 else 10**15 - 1 if number == 2 else 5_000_00 + number
        contract = f"{contracts}/{number}"
        post(contracts, contract=str(number), payer="10", payee="20", value=value, actor="10")
        if number > 2:
            continue
        first = value // 2
        for milestone, amount in ((1, first), (2, value - first)):
            post(f"{contract}/milestones", milestone=milestone, amount=amount, due="2030-01-01T00:00:00Z", actor="10")
        post(f"{contract}/offer", actor="10")
        post(f"{contract}/accept", actor="20")
        post(f"{contract}/deposits", amount=value, reference=f"UTR {number}")
        post(f"{contract}/milestones/1/fund", amount=first, actor="10")
        post(f"{contract}/milestones/1/start", actor="20")
        if number == 1:
            post(f"{contract}/milestones/1/submissions", basis="this_claim", amount=first, actor="20")
            post(f"{contract}/milestones/1/disputes", reason="not as agreed", actor="10")


def enter(browser, base, platform, factor):
    browser.driver.get(f"{base}/console")
    sign_in(browser, KEY, "mpk_wrong")
    browser.wait_for("invalid client")
    browser.check("a wrong key")
    browser.check_narrow("sign in")
    browser.driver.get(f"{base}/console#/")
    browser.driver.refresh()
    # The code of this minute was used up when it was enrolled.
    sign_in(browser, KEY, platform, factor.at(time.time() + 30))
    browser.wait_for("Newest commit", "Requests a second")
    print("console: signed in with a key and a code, by keyboard; a wrong key is told why")


def look(browser, base, platform):
    made = 0
    while browser.script("return document.querySelector('svg.line polyline')?.points.length ?? 0") < 6:
        ask(base, f"/v1/tenants/{TENANT}/contracts", ONE, platform, "POST")
        made += 1
        time.sleep(0.1)
    browser.wait_for("contract created", "Commits a second: now")
    shown = browser.script(
        "return Object.fromEntries([...document.querySelectorAll('.figures div')].map((one) => [...one.children].map((part) => part.textContent)))")
    assert float(shown["Commits a second"].replace(",", "")) > 1 and float(shown["Requests a second"].replace(",", "")) > 1, shown
    assert re.fullmatch(r"[\d.]+ (µs|ms)", shown["Half within"]) and shown["Failed"] == "0", shown
    # Some ten contracts a second were made, one after the other.
    most = re.search(r"Commits a second: now [\d.]+, at most ([\d.]+)", browser.text())
    assert float(most[1]) < 30, most[0]
    browser.picture("overview")
    # What is new does not take the focus from who is in the table.
    tab_to(browser, "tbody a")
    held = browser.script("return document.activeElement.href")
    ask(base, f"/v1/tenants/{TENANT}/contracts", ONE, platform, "POST")
    made += 1
    turns = browser.script("return document.querySelector('svg.line polyline').points.length")
    browser.wait(lambda: browser.script("return document.querySelector('svg.line polyline').points.length") > turns, "the overview stands still")
    assert browser.script("return document.activeElement.href") == held
    browser.script("document.activeElement.blur()")
    browser.check("overview")
    browser.check_narrow("overview")

    browser.view(f"#/tenants/{TENANT}/contracts", f"Contracts of tenant {TENANT}")
    browser.wait_for("₹12,34,567.89", "₹99,99,99,99,99,999.99")
    rows = lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, "tbody tr"))
    assert rows() == 50, rows()
    # Pages are of 50 at most, and end where the server's own pages do.
    while browser.button("More").is_displayed():
        before = browser.find("#said").text
        browser.button("More").click()
        browser.wait(lambda: browser.find("#said").text != before, "there is no next page")
    assert rows() == 60 + made and browser.find("#said").text == f"Contracts: {rows()}", (rows(), made)
    browser.check("contracts")
    browser.check_narrow("contracts")
    browser.find("#state").send_keys("active")
    browser.button("Filter").click()
    browser.wait(lambda: rows() == 2, "the filter does not filter")

    tab_to(browser, "tbody a")
    press(browser, Keys.ENTER)
    browser.wait(lambda: browser.find("main h1").text == "Contract 1", "Enter on a contract does not open it")
    browser.wait_for("milestone disputed", "contract created", "₹6,17,283.94", "unallocated")
    assert "₹6,17,283.94" in browser.find("svg.bar").get_attribute("aria-label")
    assert browser.script("return document.activeElement.tagName") == "H1"
    browser.check("a contract")
    printed(browser)
    browser.picture("contract")
    browser.check_narrow("a contract")

    browser.view(f"#/tenants/{TENANT}/due?days=366000", f"Due at tenant {TENANT}")
    browser.wait_for("₹6,17,283.94")
    browser.look_at("what is due")
    browser.view(f"#/tenants/{TENANT}/due?days=0", f"Due at tenant {TENANT}")
    browser.wait_for("Nothing open is due then.")
    browser.view(f"#/tenants/{TENANT}/disputes", f"Disputes of tenant {TENANT}")
    assert rows() == 1 and "₹6,17,283.94" in browser.text()
    browser.check("disputes")
    browser.check_narrow("disputes")
    browser.view(f"#/tenants/{TENANT}/contracts/999", "Contracts")
    browser.wait_for("not found", "there is no such contract")
    browser.driver.get_log("browser")
    print("console: overview, contracts by page and state, a contract with its money and history, disputes")


def printed(browser):
    """The contract's statement, as it comes on paper: without what is for the screen only."""
    path = f"#/tenants/{TENANT}/contracts/1"
    browser.view(f"{path}/statement", "Statement of contract 1")
    browser.wait_for("milestone funded", "₹12,34,567.89")
    browser.look_at("a statement")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for selector, is_shown in (("header", False), ("main .actions", False), ("main table", True), ("main h1", True)):
        assert browser.find(selector).is_displayed() == is_shown, selector
    assert len(browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"]) > 10_000
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.view(path, "Contract 1")


def patience(browser):
    """What takes long says so."""
    network = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", network | {"latency": 2600})
    browser.script("location.hash = arguments[0]", f"#/tenants/{TENANT}/templates")
    browser.wait(lambda: browser.find("#said").text == "Still loading…", "a slow view says nothing")
    browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", network | {"latency": 0})
    browser.wait(lambda: browser.find("main h1").text == "Templates", "the view does not come")
    assert browser.find("#said").text == ""
    print("console: what is at work for two seconds says so")


def gallery(browser):
    """A template is found, its form filled, what it comes to looked at, and a contract made of it: by keyboard where that is quicker."""
    browser.view(f"#/tenants/{TENANT}/templates", "Templates")
    rows = lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, "tbody tr"))
    assert rows() >= 34, rows()
    browser.check("templates")
    browser.picture("templates")
    browser.check_narrow("templates")
    tab_to(browser, "#search")
    press(browser, "marketplace")
    tab_to(browser, "#industry")
    press(browser, "retail")
    browser.button("Find").click()
    browser.wait(lambda: rows() == 1, "words and industry do not narrow the list")
    tab_to(browser, "tbody a")
    press(browser, Keys.ENTER)
    browser.wait(lambda: browser.find("main h1").text == "Order of a marketplace seller", "Enter on a template does not open it")
    browser.press("Show what will happen")
    browser.wait_for("'start' is missing")
    # The fault is named by the label of its field, and leads there.
    assert browser.find("#field-start").get_attribute("aria-invalid") == "true"
    browser.find("main .problem button.link").click()
    assert browser.script("return document.activeElement.id") == "field-value"
    browser.check("a form with faults")
    browser.find("#field-value").send_keys("8,500.50")
    browser.script("const start = document.getElementById('field-start'); start.value = '2001-01-01'")
    for select in browser.driver.find_elements(By.CSS_SELECTOR, ".form select[required]"):
        if not select.get_attribute("value"):
            select.send_keys("M")
    browser.press("Show what will happen")
    browser.wait_for("no rate")
    # Goods and services tax began in 2017.
    browser.script("const start = document.getElementById('field-start'); start.value = '2030-01-07'")
    browser.find("#unconfirmed").click()
    browser.press("Show what will happen")
    browser.wait_for("What will happen", "₹8,500.50", "Name payer and payee")
    browser.write(payer="10", payee="20")
    browser.wait_for("The form was changed")
    browser.press("Show what will happen")
    browser.wait_for("which 10 pays to 20", "It is offered to the payee.")
    # The gateway's own drawing, as a picture.
    browser.wait(lambda: browser.script("return document.querySelector('img.drawing')?.naturalWidth") == 640, "there is no drawing")
    assert "₹" in browser.find("img.drawing").get_attribute("alt")
    browser.look_at("a template")
    browser.picture("template", "h2[tabindex]")
    browser.press("Make the contract")
    browser.wait(lambda: browser.find("#said").text.startswith("Contract "), "no contract is made")
    contract = re.match(r"Contract (\S+) is there", browser.find("#said").text)[1]
    browser.driver.find_element(By.LINK_TEXT, contract).click()
    browser.wait(lambda: browser.find("main h1").text == f"Contract {contract}", "the contract is not there")
    browser.wait_for("offered")
    browser.check("a contract of a template")
    browser.view(f"#/tenants/{TENANT}/templates?language=hi", "Templates")
    assert "टूलिंग" in browser.text()
    print("console: templates found by words, a form filled, previewed, and a contract made of it")


def hooks(browser):
    browser.view(f"#/tenants/{TENANT}/webhooks", f"Webhooks of tenant {TENANT}")
    # As it was written, and not as it could be read.
    browser.wait_for(EVIL, "The shop")
    assert browser.script("return document.querySelectorAll('main img, main script').length") == 0
    browser.check("webhooks")
    browser.check_narrow("webhooks")
    for link in browser.driver.find_elements(By.CSS_SELECTOR, "tbody a"):
        if link.text.endswith("/good"):
            link.click()
            break
    browser.wait_for("Delivery log", "delivered: 204", "There are no dead letters.")
    tab_to(browser, "button.main")
    press(browser, Keys.ENTER)
    browser.said("The test was delivered: 204")
    browser.check("a webhook")
    browser.picture("webhook")
    browser.check_narrow("a webhook")
    browser.find("#after").send_keys("0-0")
    browser.button("Replay the log").click()
    browser.said("The log is sent again")
    browser.press("Disable")
    browser.said("Disabled.")
    browser.press("Enable")
    browser.said("Enabled.")
    browser.check("a webhook, enabled again")
    browser.view(f"#/tenants/{TENANT}/webhooks", f"Webhooks of tenant {TENANT}")
    browser.write(url="http://127.0.0.1:9/new", filter="data.amount >")
    browser.press("Add")
    browser.wait_for("invalid document")
    browser.write(filter="data.amount >= 1")
    browser.press("Add")
    browser.said("Added.")
    browser.wait_for("Its secret is told once: whsec_")
    browser.look_at("a new webhook")
    browser.follow("http://127.0.0.1:9/new")
    browser.wait_for("There are no dead letters.")
    browser.press("Remove")
    browser.answer()
    browser.wait_for("The shop")
    assert "/new" not in browser.text()
    print("console: webhooks with their deliveries, a test, a replay, one added and removed; markup in a description is text")


def leave(browser, base, port, platform):
    """Dark colours, a reload, a sign out, and a key that is revoked under a page that is open."""
    browser.dark(True)
    for path, title in (("#/", "Overview"), (f"#/tenants/{TENANT}/contracts/1", "Contract 1"), (f"#/tenants/{TENANT}/webhooks", f"Webhooks of tenant {TENANT}")):
        browser.view(path, title)
        browser.check(f"{title}, dark")
    browser.driver.refresh()
    sign_in(browser, KEY, platform)
    browser.wait_for("The shop")
    tab_to(browser, "#sign-out")
    press(browser, Keys.ENTER)
    browser.wait(lambda: browser.find("main h1").text == "Sign in", "Sign out does not sign out")
    assert "The shop" not in browser.text()
    sign_in(browser, KEY, platform)
    browser.wait_for("The shop")
    milepost("key", "revoke", KEY, "--connect", f"127.0.0.1:{port}", "--key-file", f"{directory}/administrator-1.key")
    # Its connections are closed a moment later; the overview asks again and again.
    browser.script("location.hash = '#/'")
    browser.wait(lambda: browser.find("main h1").text == "Sign in", "a key that is revoked stays signed in")
    browser.check("sign in, dark")
    browser.dark(False)
    print("console: dark colours, a reload and a sign out forget the token, a revoked key is asked again")


def administer(browser, base):
    """A second administrator approves what the first one asked for, and revokes it again."""
    first, second = (open(f"{directory}/administrator-{number}.key").read().strip() for number in (1, 2))
    ask(base, "/v1/access/keys",
        {"name": "auditor", "roles": ["reader"], "tenants": ["7"], "amount_max": 0, "secret_sha256": "ab" * 32}, first, "POST")
    sign_in(browser, "2", second)
    browser.wait(lambda: browser.find("main h1").text != "Sign in", "an administrator is not let in")
    browser.view("#/keys", "Keys")
    browser.wait_for("create key “auditor” (reader; tenants 7; up to ₹0.00)", "person 1, key 1", "revoked")
    browser.check("keys")
    browser.check_narrow("keys")
    browser.button("Approve").click()
    browser.wait(lambda: browser.find("#said").text == "Approved.", "nothing is approved")
    browser.wait_for("Nothing waits.", "auditor")
    tab_to(browser, "button[aria-label='Revoke key 5']")
    press(browser, Keys.ENTER)
    browser.answer()
    browser.wait(lambda: browser.find("#said").text == "Key 5 is revoked.", "the key is not revoked")
    browser.check("keys, one less")
    browser.view("#/audit", "Audit")
    browser.wait_for("key revoked", "127.0.0.1")
    browser.check("audit")
    browser.check_narrow("audit")
    browser.view("#/audit?trail=gateway", "Audit")
    browser.wait_for("create_key: 202", "approve_proposal: 200", "revoke_key: 200")
    browser.check("audit of requests")
    print("console: keys and what waits, approved and revoked by a second administrator; both trails")


def open_server(browser):
    server, base, _ = serve(f"{directory}/open")
    try:
        browser.driver.get(f"{base}/console")
        browser.wait_for("Newest commit")
        assert not browser.find("#sign-out").is_displayed() and "Keys" not in browser.find("nav").text
        browser.check("a server without keys")
    finally:
        server.terminate()
        server.wait(30)
    browser.wait_for("unreachable")
    print("console: a server without keys asks nobody; one that is gone is told of")


def enrol(port):
    enrolling = subprocess.Popen(
        [binary, "key", "enrol-factor", "--connect", f"127.0.0.1:{port}", "--key-file", f"{directory}/shop.key"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    factor = pyotp.parse_uri(enrolling.stdout.readline().strip())
    _, said = enrolling.communicate(factor.now() + "\n", timeout=30)
    assert enrolling.returncode == 0, said
    return factor


def main():
    store = f"{directory}/keys"
    milepost("key", "init", "--store", store, "--person", "1", "--person", "2", "--output-directory", directory)
    for name, *rights in (("gateway", "--role", "reader", "--all-tenants"), ("shop", "--role", "platform", "--tenant", str(TENANT))):
        milepost("key", "create", "--store", store, "--name", name, *rights, "--output", f"{directory}/{name}.key")
    platform = open(f"{directory}/shop.key").read().strip()
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    server, base, port = serve(store, "--http-key-file", f"{directory}/gateway.key")
    browser = None
    try:
        fill(base, platform, receiver.server_port)
        factor = enrol(port)
        browser = Browser(1000, pictures)
        enter(browser, base, platform, factor)
        look(browser, base, platform)
        gallery(browser)
        hooks(browser)
        leave(browser, base, port, platform)
        administer(browser, base)
        secrets = [open(f"{directory}/administrator-{number}.key").read().strip() for number in (1, 2)]
        documents(browser, base, secrets)
        market(browser, base, secrets)
        patience(browser)
        open_server(browser)
    finally:
        if browser:
            browser.driver.quit()
        server.terminate()
        server.wait(30)


main()
