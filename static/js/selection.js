// Selected rows of the list: kept when it is redrawn, ranges by shift, `x` for the focused row.

const results = () => document.getElementById("results");
const boxes = () => [...results().querySelectorAll("[name=select]")];
const selected = new Set();
let last = null;

function updateBar() {
  const bar = results().querySelector("[data-bulk]");
  if (!bar) return;
  const all = boxes(), count = all.filter((box) => box.checked).length;
  bar.classList.toggle("idle", count === 0);
  for (const part of bar.querySelectorAll("[data-with-js]")) part.hidden = false;
  for (const field of bar.querySelectorAll("button, select, input:not([data-all])")) field.disabled = count === 0;
  const whole = bar.querySelector("[data-all]");
  whole.checked = count > 0 && count === all.length;
  whole.indeterminate = count > 0 && count < all.length;
  bar.querySelector("[data-selected]").textContent = count ? `${count} selected` : "Select all on this page";
}

function store() {
  selected.clear();
  for (const box of boxes()) if (box.checked) selected.add(box.value);
  updateBar();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("#results [name=select]");
  if (!box) return;
  if (event.shiftKey && last) {
    const all = boxes(), [from, to] = [all.findIndex((other) => other.value === last), all.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) for (const other of all.slice(from, to + 1)) other.checked = box.checked;
  }
  last = box.value;
  store();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("#results [data-all]")) return;
  for (const box of boxes()) box.checked = event.target.checked;
  store();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  const box = event.target.closest("[data-row]")?.querySelector("[name=select]");
  if (!box) return;
  box.checked = !box.checked;
  last = box.value;
  store();
});

// Rows that are gone after a redraw are no longer selected.
document.addEventListener("annals:results", () => {
  for (const box of boxes()) box.checked = selected.has(box.value);
  store();
});

// A page that comes back from the browser's own store may have boxes that are still checked.
addEventListener("pageshow", store);
store();
