// SPDX-License-Identifier: Apache-2.0
// Makes pages that work without it a little better. Loaded as a module, so that old browsers skip it.

/** Keeps a form from being sent twice by an impatient double click. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = form.querySelector("button[type=submit]");
    if (button) button.textContent = "Sending…";
  });
  // The page may come back from the browser's history as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}

/** Says which file was chosen and refuses one that is larger than the gateway takes, before it is sent. */
function sayFile(form) {
  const input = form.querySelector("input[type=file]");
  const said = form.querySelector("[data-file-said]");
  const largest = Number(form.dataset.largest);
  input.addEventListener("change", () => {
    const file = input.files[0];
    const tooLarge = file && file.size > largest;
    input.setCustomValidity(tooLarge ? "This file is larger than the gateway takes." : "");
    if (!file) said.textContent = "";
    else said.textContent = `${file.name}, ${size(file.size)}${tooLarge ? `: more than ${size(largest)}, choose a smaller one, or split it` : ""}`;
  });
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Shows a field only while the chosen kind of chart needs it: `data-only-for` lists those kinds. */
function showFor(select) {
  const fields = [...document.querySelectorAll("[data-only-for]")];
  const update = () => {
    for (const field of fields) field.hidden = !field.dataset.onlyFor.split(" ").includes(select.value);
  };
  select.addEventListener("change", update);
  update();
}

document.querySelectorAll("form[data-once]").forEach(sendOnce);
document.querySelectorAll("form[data-upload]").forEach(sayFile);
const kinds = document.querySelector("select[name=chart_kind]");
if (kinds) showFor(kinds);
// After a refused form or an upload, begin reading where the news is.
(document.getElementById("errors") ?? document.getElementById("report-section"))?.focus();
