// Highlights a record's fields with their bytes; `[` and `]` go to the previous and next related record.

const elementsOf = (section, name) => section.querySelectorAll(`[data-of="${name}"], [data-span="${name}"]`);

// A field with members has their bytes, too.
function fieldsWithin(section, name) {
  const field = section.querySelector(`[data-span="${name}"]`);
  const names = [name];
  for (let next = field?.nextElementSibling; next?.dataset.span && Number(next.dataset.depth) > Number(field.dataset.depth); next = next.nextElementSibling) names.push(next.dataset.span);
  return names;
}

function highlight(section, name) {
  for (const node of section.querySelectorAll(".lit")) node.classList.remove("lit");
  if (!name) return;
  for (const member of fieldsWithin(section, name)) {
    for (const node of elementsOf(section, member)) if (member === name || node.dataset.of) node.classList.add("lit");
  }
}

const fieldElement = (event) => event.target.closest?.("[data-of], [data-span]");
const fieldName = (element) => element?.dataset.of ?? element?.dataset.span;

function onHover(event) {
  const section = event.target.closest?.("[data-half]");
  if (!section) return;
  section.classList.add("ready");
  highlight(section, fieldName(fieldElement(event)) ?? section.dataset.pinned);
}

function pin(section, element) {
  const name = fieldName(element);
  section.dataset.pinned = section.dataset.pinned === name ? "" : name;
  highlight(section, section.dataset.pinned);
  const other = element.dataset.of ? section.querySelector(`[data-span="${name}"]`) : section.querySelector(`[data-of="${name}"]`);
  const pane = other?.closest(".dump");
  if (pane) pane.scrollTop = other.offsetTop - pane.clientHeight / 3;
  else other?.scrollIntoView({ block: "nearest" });
}

// Loads more bytes or characters into their part of the record, without a new page.
async function loadMore(link) {
  const name = link.closest("[data-half]").dataset.half;
  link.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(link.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const [old, fresh] = [document, page].map((node) => node.querySelector(`[data-half="${name}"]`));
    if (!response.ok || !fresh) throw new Error(response.status);
    const scrolled = old.querySelector(".dump").scrollTop;
    old.replaceWith(fresh);
    fresh.querySelector(".dump").scrollTop = scrolled;
    const target = fresh.querySelector(`[id="${CSS.escape(new URL(link.href).hash.slice(1))}"]`);
    (target?.querySelector("a, [tabindex]") ?? fresh.querySelector(".dump")).focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
}

document.addEventListener("pointerover", onHover);
document.addEventListener("focusin", onHover);
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-more]");
  if (link) { event.preventDefault(); loadMore(link); return; }
  const range = event.target.closest("a.range");
  if (range) event.preventDefault();
  if (!range && (event.target.closest("a, button") || String(getSelection()))) return;
  const element = fieldElement(event);
  if (element?.closest("[data-half]")) pin(element.closest("[data-half]"), element);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const name = { "[": "previous", "]": "next" }[event.key];
  const link = name && document.querySelector(`a[data-step="${name}"]`);
  if (link) location.assign(link.href);
});
