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


def visit(browser, name, viewport, scripts):
    context = browser.new_context(viewport=viewport, java_script_enabled=True)
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    if not scripts:
        page.route("**/*.js*", lambda route: route.abort())

    opens(page, BASE + "/")
    assert page.locator("li.card").count() >= 20
    look(page, f"{name}-list")

    page.get_by_role("searchbox").fill("leeds four hours")
    page.get_by_role("button", name="Search").click()
    assert page.locator("li.card").count() == 1
    look(page, f"{name}-search")
    page.get_by_role("searchbox").fill("nothing has <this> & that")
    page.get_by_role("button", name="Search").click()
    assert page.locator("li.card").count() == 0
    look(page, f"{name}-search-nothing")

    opens(page, BASE + "/?q=leeds")
    page.locator("li.card a").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Fewer waits over four hours"
    assert page.locator("figure.chart svg").count() == 3
    assert "Leeds Teaching Hospitals" in page.locator("main").inner_text()
    look(page, f"{name}-project")
    project = page.url

    # A measure of our own to upload to.
    page.get_by_role("link", name="New measure").click()
    look(page, f"{name}-new-measure")
    page.get_by_role("button").last.click()
    assert page.locator(".error-summary").count() == 1, "an empty form has no errors"
    look(page, f"{name}-new-measure-wrong")
    page.get_by_label("Name", exact=False).first.fill(f"Hands cleaned, {name}")
    for label, choice in (("Chart", "p"), ("kind", "process")):
        field = page.locator(f"select[id*={label.lower()}], select[name*={label.lower()}]").first
        if field.count():
            options = field.locator("option").evaluate_all("all => all.map(one => one.value)")
            wanted = [value for value in options if value.lower().split("_")[-1] in (choice, choice[0])]
            if wanted:
                field.select_option(wanted[0])
    return context, page, project, problems


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        visit(browser, "projector", {"width": 1440, "height": 900}, True)
        browser.close()


main()
