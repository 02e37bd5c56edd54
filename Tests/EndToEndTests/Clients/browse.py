# SPDX-License-Identifier: Apache-2.0
"""Uses Waymark as a person with a browser does.

usage: browse.py BASE_URL FOLDER_FOR_SCREENSHOTS

List, search, project page, a new measure, a CSV file with mistakes, its row report, a good file, its chart; on a
projector and on a phone, with and without JavaScript. Checks on every page what can be checked of accessibility
without a person. Exits with 0 when all of it holds.
"""

import pathlib
import sys

from playwright.sync_api import sync_playwright

BASE, FOLDER = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])

# What every page must have; gives what is wrong, as sentences.
CHECKS = """() => {
  const wrong = [];
  const say = (what, element) => wrong.push(what + ': ' + element.outerHTML.slice(0, 150));
  if (!document.documentElement.lang) wrong.push('no language on <html>');
  if (!document.title.trim()) wrong.push('no title');
  if (document.querySelectorAll('main').length !== 1) wrong.push('not exactly one <main>');
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not exactly one <h1>');
  let level = 0;
  for (const heading of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
    const own = Number(heading.tagName[1]);
    if (level && own > level + 1) say('heading skips a level', heading);
    level = own;
  }
  const ids = new Set();
  for (const element of document.querySelectorAll('[id]')) {
    if (ids.has(element.id)) say('id is there twice', element);
    ids.add(element.id);
  }
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'for'])
    for (const element of document.querySelectorAll('[' + attribute + ']'))
      for (const id of element.getAttribute(attribute).split(/\\s+/).filter(Boolean))
        if (!document.getElementById(id)) say(attribute + ' names nothing', element);
  for (const field of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
    if (!field.labels.length && !field.getAttribute('aria-label')) say('field without a label', field);
  for (const link of document.querySelectorAll('a,button'))
    if (!(link.textContent.trim() || link.getAttribute('aria-label'))) say('link without a name', link);
  for (const image of document.querySelectorAll('img'))
    if (!image.hasAttribute('alt')) say('image without alt', image);
  for (const drawing of document.querySelectorAll('svg')) {
    const hidden = drawing.closest('[aria-hidden=true]');
    const named = drawing.getAttribute('role') === 'img' && drawing.getAttribute('aria-labelledby');
    if (!hidden && !named) say('drawing neither hidden nor named', drawing);
  }
  for (const cell of document.querySelectorAll('th'))
    if (!cell.hasAttribute('scope')) say('heading cell without scope', cell);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
    wrong.push('the page scrolls sideways: ' + document.documentElement.scrollWidth);
  return wrong;
}"""


def look(page, name):
    """Checks the page that is shown, and takes its picture."""
    wrong = page.evaluate(CHECKS)
    assert not wrong, f"{name} at {page.url}:\n" + "\n".join(wrong)
    page.screenshot(path=str(FOLDER / f"{name}.png"), full_page=True)


def opens(page, address):
    response = page.goto(address)
    assert response.ok, f"{address}: {response.status}"
    assert response.headers["content-type"].startswith("text/html")


MISTAKES = "period,numerator,denominator\n2025-01-01,30,40\n2025-02-30,31,40\n2025-03-01,50,40\n"
GOOD = "period;numerator;denominator\r\n" + "".join(
    f"2025-{month:02}-01;{40 + 3 * month};100\r\n" for month in range(1, 13)
)


def upload(page, name, text):
    page.locator("input[type=file]").set_input_files(
        files=[{"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}]
    )
    page.locator("form[data-upload] button[type=submit]").click()
    page.wait_for_load_state()


def visit(browser, name, viewport, scripts=True, dark=False):
    """From the list of projects to the chart of a file of one's own."""
    context = browser.new_context(viewport=viewport, color_scheme="dark" if dark else "light")
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    if scripts:
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    else:
        page.route("**/*.js*", lambda route: route.abort())

    opens(page, BASE + "/")
    assert page.locator("li.card").count() >= 20
    look(page, f"{name}-1-list")

    page.get_by_role("searchbox").fill("leeds four hours")
    page.get_by_role("button", name="Search").click()
    assert page.locator("li.card").count() == 1
    look(page, f"{name}-2-search")
    page.get_by_role("searchbox").fill("nothing has <this> & that")
    page.get_by_role("button", name="Search").click()
    assert page.locator("li.card").count() == 0
    look(page, f"{name}-3-search-nothing")

    opens(page, BASE + "/?q=leeds")
    page.locator("li.card a").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Fewer waits over four hours"
    assert page.locator("figure.chart svg:visible").count() >= 3
    assert "Leeds Teaching Hospitals" in page.locator("main").inner_text()
    look(page, f"{name}-4-project")

    # A measure of one's own: first a form with a mistake, then a right one.
    page.get_by_role("link", name="New measure").click()
    page.get_by_role("button", name="Create the measure").click()
    assert page.locator(".error-summary").count() == 1, "a measure without a name was taken"
    look(page, f"{name}-5-measure-refused")
    page.get_by_label("Name", exact=True).fill(f"Hands cleaned ({name})")
    page.locator("select[name=kind]").select_option("process")
    page.locator("select[name=direction]").select_option("up")
    page.locator("select[name=chart_kind]").select_option("p")
    page.get_by_label("Unit as shown").fill("%")
    page.get_by_role("button", name="Create the measure").click()
    page.wait_for_load_state()
    if "/import" not in page.url:
        page.get_by_role("link", name=f"Add data to Hands cleaned ({name})").click()
    look(page, f"{name}-6-upload")

    upload(page, "mistakes", MISTAKES)
    report = page.locator("section.report").inner_text()
    assert "Nothing was saved" in report, report
    table = page.locator("table.problems").inner_text()
    assert "2025-02-30" in table and "50" in table and "denominator" in page.locator("section.report").inner_text()
    assert page.locator("figure.chart svg").count() == 0, "something of a bad file was written"
    look(page, f"{name}-7-report")

    upload(page, "good", GOOD)
    assert "12 values saved" in page.locator("section.report").inner_text()
    assert page.locator("figure.chart svg:visible").count() == 1
    look(page, f"{name}-8-chart")

    page.get_by_role("link", name="Back to the project").click()
    assert f"Hands cleaned ({name})" in page.locator("main").inner_text()
    look(page, f"{name}-9-project-after")
    # Everything by keyboard: the first stop is the way past the navigation.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"

    missing = page.goto(BASE + "/projects/01890a5d-ac96-774b-bcce-b302099a8057")
    assert missing.status == 404
    problems = [problem for problem in problems if "404" not in problem and "422" not in problem and "400" not in problem]
    look(page, f"{name}-10-not-found")
    assert not problems, problems
    context.close()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        visit(browser, "projector", {"width": 1440, "height": 900})
        visit(browser, "phone-without-scripts", {"width": 360, "height": 740}, scripts=False)
        visit(browser, "dark", {"width": 1024, "height": 768}, dark=True)
        browser.close()
    print("the browser found everything as it should be")


main()
