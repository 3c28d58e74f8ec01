"""Documents in versions, as two persons work on them: copied, edited with faults, a conflict, a life cycle, comparisons, the log."""

import json
import urllib.request

from browser import sign_in

TENANT = 7
NAME = "retail/marketplace-seller-order"
ADDRESS = f"#/tenants/{TENANT}/documents/template/{NAME.replace('/', '~')}"
TITLE = f"template {NAME}"


class Documents:
    """What another person does meanwhile, over the API."""

    def __init__(self, base, secret, tenant=TENANT, name=NAME):
        self.path = f"{base}/v1/tenants/{tenant}/documents/template/{name.replace('/', '~')}"
        self.secret = secret

    def ask(self, method, path="", text=None, type="application/json", match=None):
        headers = {"authorization": f"Bearer {self.secret}"}
        if text is not None:
            headers["content-type"] = type
        if match:
            headers["if-match"] = f'"{match}"'
        request = urllib.request.Request(self.path + path, None if text is None else text.encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or b"null")

    def head(self):
        return self.ask("GET")["version"]

    def change(self, old, new, query=""):
        """Keeps a version with another text in it."""
        head = self.head()
        assert old in head["source"], (old, head["source"][:400])
        return self.ask(
            "PUT", query, head["source"].replace(old, new, 1), f"application/{head['syntax']}", head["version"])["version"]

    def step(self, version, to):
        self.ask("POST", f"/versions/{version}/steps", json.dumps({"to": to}))


def put(browser, old, new):
    """Writes in the editor, as by hand: the page is told of it."""
    browser.script("""
        const area = document.getElementById('source');
        const place = area.value.indexOf(arguments[0]);
        if (place < 0) throw new Error(arguments[0] + ' is not there');
        area.setRangeText(arguments[1], place, place + arguments[0].length);
        area.dispatchEvent(new Event('input'));
        """, old, new)


def documents(browser, base, secrets):
    """The browser is the second administrator's."""
    other = Documents(base, secrets[0])
    begin(browser)
    faults(browser)
    conflict(browser, other)
    sign_in_again(browser, secrets[1])
    life(browser, other)
    compare(browser)
    chain(browser)
    print("console: documents copied, checked at their places, merged, approved by two persons, compared; the log's chain")


def begin(browser):
    browser.view(f"#/tenants/{TENANT}/documents", f"Documents of tenant {TENANT}")
    browser.wait_for("There is no template yet.")
    browser.look_at("documents")
    browser.write(source=NAME, copy=NAME)
    browser.press("Copy it")
    browser.wait(lambda: browser.find("main h1").text == TITLE, "the copy does not open")
    browser.wait_for("of tenant 0", "person 2 (you)", "draft", "Have it checked", "There are no tags.")
    browser.look_at("a document")


def faults(browser):
    browser.follow("Edit")
    browser.wait(lambda: browser.find("main h1").text == f"Edit {NAME}", "the editor does not open")
    put(browser, "share: 10000", "share: 20000")
    browser.press("Check")
    browser.wait_for("error", "warnings.", "Line ")
    marks = browser.script("return [...document.querySelectorAll('.numbers .mark')].map((one) => Number(one.textContent))")
    link = browser.find(".findings button.link")
    line = int(link.text.removeprefix("Line ").split(",")[0])
    assert line in marks, (line, marks)
    link.click()
    at = browser.script("""
        const area = document.getElementById('source');
        return [document.activeElement === area, area.value.slice(0, area.selectionStart).split('\\n').length];
        """)
    assert at == [True, line], (at, line)
    browser.look_at("an editor with findings")
    browser.picture("editor")
    # No document at all.
    put(browser, "share: 20000", "share: [20000")
    browser.press("Check")
    browser.wait_for("1 error, 0 warnings.")
    put(browser, "share: [20000", "share: 10000")
    # Who leaves is asked.
    browser.script("location.hash = '#/'")
    browser.answer(accept=False)
    assert browser.find("main h1").text == f"Edit {NAME}" and "edit" in browser.script("return location.hash")


def conflict(browser, other):
    """Both persons change the same member; each keeps what only he changed."""
    put(browser, "version: 1.0.0", "version: 1.0.1")
    head = other.head()
    other.change("version: 1.0.0", "version: 1.0.2", "?message=by%20somebody%20else")
    browser.write(label="1.0.2", message="both")
    browser.press("Keep it")
    browser.wait_for("Somebody else was faster", "by somebody else", "Both sides changed the same", "/template/version", "1.0.1", "1.0.2")
    browser.look_at("a conflict")
    browser.write(take_0="theirs")
    browser.press("Put both together")
    browser.said("Both are in the text now")
    assert json.loads(browser.find("#source").get_attribute("value"))["template"]["version"] == "1.0.2"
    assert other.head()["parents"] == [head["version"]]
    browser.check("an editor with both")


def sign_in_again(browser, secret):
    """A token that ends takes nothing of what was written along."""
    browser.script("""
        const real = window.fetch;
        window.fetch = (path, options) => {
          if (!path.includes('/checks')) return real(path, options);
          window.fetch = real;
          return Promise.resolve(new Response('{}', { status: 401 }));
        };
        """)
    browser.press("Check")
    sign_in(browser, "2", secret)
    browser.wait(lambda: browser.find("main h1").text == f"Edit {NAME}", "what was written is gone")
    assert '"version": "1.0.2"' in browser.find("#source").get_attribute("value")
    browser.press("Keep it")
    browser.wait(lambda: browser.find("main h1").text == TITLE, "it is not kept")


def life(browser, other):
    version = other.head()["version"]
    browser.press("Have it checked")
    browser.said("It is checked.")
    browser.wait_for("Approve: money can change by it: somebody else than its author approves it.")
    browser.check("a document that was checked")
    other.step(version, "approved")
    browser.view_again(ADDRESS, TITLE)
    browser.wait_for("approved", "In force from")
    browser.press("Put in force now")
    browser.answer()
    browser.said("It is active.")
    browser.wait_for("the newest")
    browser.write(tag="agreed")
    browser.press("Tag")
    browser.said("Tagged agreed.")
    browser.wait_for("agreed ", " by person 2 (you), ")
    # Who did something stays where he was.
    assert browser.script("return document.activeElement.textContent") == "Tag"
    browser.view(f"#/tenants/{TENANT}/templates?industry=retail", "Templates")
    browser.wait_for("yours")


def compare(browser):
    browser.view(ADDRESS, TITLE)
    rows = browser.script("return document.querySelectorAll('input[name=Old]').length")
    assert rows == 3, rows
    browser.script("document.querySelectorAll('input[name=Old]')[2].click()")
    browser.press("Compare")
    browser.wait_for("Differences since", "/template/version", "1.0.0", "1.0.2")
    browser.write(pointer="/template/version")
    browser.press("Who changed it")
    browser.wait_for("person 1, ")
    browser.look_at("a version")
    browser.view(ADDRESS, TITLE)


def chain(browser):
    browser.view("#/log", "Log of documents")
    browser.wait_for("Each line follows from the one before, from the first on.", "tagged", "approved", "person 1")
    browser.look_at("the log")
