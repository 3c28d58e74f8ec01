"""A real Chromium, driven through WebDriver as people use a page: by keyboard where they would, and looked at from many sides."""

import re
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait


class Browser:
    """Chromium without a window, and what it complained of."""

    def __init__(self, width, pictures, *more):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        # Its sandbox needs rights that a container does not give; pages here are our own.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en-IN", *more):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(30)
        self.pictures = pictures
        self.resize(width, 800)
        # Before any script of the page.
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            window.violations = [];
            addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
            """})

    def resize(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self):
        return self.find("main").text

    def wait(self, what, why):
        def holds(_):
            try:
                return what()
            except StaleElementReferenceException:
                return False
        try:
            return WebDriverWait(self.driver, 20, 0.05).until(holds)
        except Exception as error:
            raise AssertionError(f"{why}; the page says:\n{self.text()[:3000]}\n{self.driver.get_log('browser')}") from error

    def wait_for(self, *texts):
        for text in texts:
            self.wait(lambda: text in self.text(), f"{text!r} is missing")

    def view(self, path, title):
        """Goes to a view, and waits until it is there."""
        self.script("location.hash = arguments[0]", path)
        self.wait(lambda: self.find("main h1").text == title and not self.is_busy(), f"{path} does not lead to {title!r}")

    def is_busy(self):
        return self.script("return document.getElementById('place').hasAttribute('aria-busy')")

    def view_again(self, path, title):
        """The same view anew."""
        self.script("history.replaceState(null, '', '#/nowhere'); document.querySelector('main h1').id = 'before'")
        self.script("location.hash = arguments[0]", path)
        self.wait(lambda: not self.driver.find_elements(By.ID, "before"), f"{path} is not asked for again")
        self.view(path, title)

    def button(self, name):
        return self.driver.find_element(By.XPATH, f"//button[normalize-space()='{name}']")

    def press(self, name):
        """Presses a button by its name."""
        button = self.button(name)
        self.script("arguments[0].scrollIntoView({ block: 'center' })", button)
        button.click()

    def follow(self, text):
        link = self.driver.find_element(By.LINK_TEXT, text)
        self.script("arguments[0].scrollIntoView({ block: 'center' })", link)
        link.click()

    def write(self, **fields):
        """Writes into fields by their ids."""
        for name, value in fields.items():
            field = self.find(f"[id='{name.replace('_', '-')}']")
            if field.tag_name != "select":
                field.clear()
            field.send_keys(value)

    def said(self, text):
        self.wait(lambda: text in self.find("#said").text and not self.is_busy(), f"{text!r} is not said")

    def answer(self, text=None, accept=True):
        """Answers what the page asks in a window of its own."""
        self.wait(lambda: expected_conditions.alert_is_present()(self.driver), "nothing is asked")
        window = self.driver.switch_to.alert
        if text is not None:
            window.send_keys(text)
        window.accept() if accept else window.dismiss()

    def look_at(self, what):
        """All that has to hold of a view: as it is, narrow, and dark."""
        self.check(what)
        self.check_narrow(what)
        self.dark(True)
        self.check(f"{what}, dark")
        self.dark(False)

    def dark(self, is_dark):
        features = [{"name": "prefers-color-scheme", "value": "dark"}, {"name": "prefers-reduced-motion", "value": "reduce"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features if is_dark else []})

    def picture(self, name, place="body"):
        self.resize(800, 720)
        self.script("document.querySelector(arguments[0]).scrollIntoView()", place)
        self.driver.save_screenshot(f"{self.pictures}/{name}.png")
        self.resize(1000, 800)

    def check(self, what):
        """What has to hold of every view, at every time."""
        assert self.script("return violations") == [], (what, self.script("return violations"))
        assert "caught" not in self.driver.title, what
        for entry in self.driver.get_log("browser"):
            # What is refused, the browser says so, and cannot be told not to.
            if entry["source"] == "network" and re.search("status of (400|401|403|409|412|422|503)", entry["message"]):
                continue
            raise AssertionError(f"{what}: {entry}")
        faults = self.script(BASICS)
        assert not faults, (what, faults)

    def check_narrow(self, what):
        self.resize(320, 640)
        time.sleep(0.1)
        width = self.script("return document.scrollingElement.scrollWidth")
        wide = self.script(
            "return [...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll *')"
            " && one.getBoundingClientRect().right > 320.5).map((one) => one.outerHTML.slice(0, 120))")
        assert width <= 320, (what, width, wide)
        self.resize(1000, 800)


# Names of controls, texts of pictures, order of headings, ids, contrast: the checks that need no opinion.
BASICS = """
const faults = [];
const seen = (one) => one.checkVisibility({ visibilityProperty: true });
const name = (one) => (one.getAttribute('aria-label') ?? [...(one.labels ?? [])].map((label) => label.textContent).join() ?? '').trim()
  || (['INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName) ? '' : one.textContent.trim());
for (const one of document.querySelectorAll('a, button, input, select, textarea, [tabindex="0"]'))
  if (seen(one) && !name(one)) faults.push('no name: ' + one.outerHTML.slice(0, 120));
for (const one of document.querySelectorAll('img')) if (!one.hasAttribute('alt')) faults.push('no alt: ' + one.outerHTML);
for (const one of document.querySelectorAll('svg'))
  if (!one.getAttribute('aria-label') && one.getAttribute('aria-hidden') !== 'true') faults.push('no text: ' + one.outerHTML.slice(0, 80));
for (const one of document.querySelectorAll('table')) if (!one.caption || !one.querySelector('th[scope=col]')) faults.push('table without caption or head');
const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
if (new Set(ids).size !== ids.length) faults.push('an id twice: ' + ids);
if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
if (document.querySelectorAll('main').length !== 1 || !document.documentElement.lang || !document.title) faults.push('page without main, language or title');
for (const one of document.querySelectorAll('[tabindex]')) if (one.tabIndex > 0) faults.push('tabindex above 0');
// WCAG 2: relative luminance, and 4.5 to 1 for text.
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = (colour) => channels(colour).slice(0, 3).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
const ground = (one) => {
  for (; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (channels(colour)[3] !== 0) return colour;
  }
  return 'rgb(255, 255, 255)';
};
for (const one of document.querySelectorAll('body *')) {
  if (!seen(one) || one.disabled || ![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
  const [low, high] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
  const contrast = (high + 0.05) / (low + 0.05);
  if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ` + one.outerHTML.slice(0, 120));
}
return faults;
"""


def tab_to(browser, selector, most=40):
    """The focus reaches it by the keyboard alone, and can be seen there."""
    for _ in range(most):
        webdriver.ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        if browser.script("return document.activeElement.matches(arguments[0])", selector):
            outline = browser.script(
                "const style = getComputedStyle(document.activeElement); return style.outlineStyle + ' ' + style.outlineWidth")
            assert outline.startswith("solid") and outline != "solid 0px", (selector, outline)
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(browser, *keys):
    webdriver.ActionChains(browser.driver).send_keys(*keys).perform()


def sign_in(browser, key, secret, code=""):
    """By keyboard."""
    browser.wait(lambda: browser.find("main h1").text == "Sign in", "nobody is asked to sign in")
    for name, value in (("key", key), ("secret", secret), ("code", code)):
        tab_to(browser, f"#{name}")
        press(browser, value)
    press(browser, Keys.ENTER)
