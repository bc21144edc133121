// A record's fields light their bytes, and bytes their field; `[` and `]` go along its line.

const named = (half, name) => half.querySelectorAll(`[data-of="${name}"], [data-span="${name}"]`);

// A field that holds others has their bytes, too.
function within(half, name) {
  const field = half.querySelector(`[data-span="${name}"]`);
  const names = [name];
  for (let next = field?.nextElementSibling; next?.dataset.span && Number(next.dataset.depth) > Number(field.dataset.depth); next = next.nextElementSibling) names.push(next.dataset.span);
  return names;
}

function light(half, name) {
  for (const each of half.querySelectorAll(".lit")) each.classList.remove("lit");
  if (!name) return;
  for (const inner of within(half, name)) {
    for (const each of named(half, inner)) if (inner === name || each.dataset.of) each.classList.add("lit");
  }
}

const part = (event) => event.target.closest?.("[data-of], [data-span]");
const nameOf = (element) => element?.dataset.of ?? element?.dataset.span;

function over(event) {
  const half = event.target.closest?.("[data-half]");
  if (!half) return;
  half.classList.add("ready");
  light(half, nameOf(part(event)) ?? half.dataset.pinned);
}

function pin(half, element) {
  const name = nameOf(element);
  half.dataset.pinned = half.dataset.pinned === name ? "" : name;
  light(half, half.dataset.pinned);
  const other = element.dataset.of ? half.querySelector(`[data-span="${name}"]`) : half.querySelector(`[data-of="${name}"]`);
  const pane = other?.closest(".dump");
  if (pane) pane.scrollTop = other.offsetTop - pane.clientHeight / 3;
  else other?.scrollIntoView({ block: "nearest" });
}

// More bytes or characters come into their half of the record, without a new page.
async function more(link) {
  const name = link.closest("[data-half]").dataset.half;
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, fresh] = [document, page].map((each) => each.querySelector(`[data-half="${name}"]`));
    if (!answer.ok || !fresh) throw new Error(answer.status);
    const scrolled = old.querySelector(".dump").scrollTop;
    old.replaceWith(fresh);
    fresh.querySelector(".dump").scrollTop = scrolled;
    const target = fresh.querySelector(`[id="${CSS.escape(new URL(link.href).hash.slice(1))}"]`);
    (target?.querySelector("a, [tabindex]") ?? fresh.querySelector(".dump")).focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
}

document.addEventListener("pointerover", over);
document.addEventListener("focusin", over);
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-more]");
  if (link) { event.preventDefault(); more(link); return; }
  const range = event.target.closest("a.range");
  if (range) event.preventDefault();
  if (!range && (event.target.closest("a, button") || String(getSelection()))) return;
  const element = part(event);
  if (element?.closest("[data-half]")) pin(element.closest("[data-half]"), element);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const name = { "[": "previous", "]": "next" }[event.key];
  const link = name && document.querySelector(`a[data-step="${name}"]`);
  if (link) location.assign(link.href);
});
