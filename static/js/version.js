// Shows the artifact as it is now when any node changes it: the marked parts are mended in place.

const about = document.querySelector("[data-artifact]").dataset;
const notice = document.querySelector("[data-changed]");
const MIN_GAP_MS = 1000;
let waiting = 0, refreshed = 0, isGone = false;

function say(text) {
  notice.querySelector("[data-changed-text]").textContent = text;
  notice.hidden = false;
}

// Nodes that stay keep their focus, scroll and selection.
function mend(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
  if (old.nodeType !== Node.ELEMENT_NODE) { old.data = fresh.data; return; }
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  // What is appended leaves `fresh`, so its children are counted before.
  const children = [...fresh.childNodes];
  children.forEach((child, at) => {
    if (old.childNodes[at]) mend(old.childNodes[at], child);
    else old.append(child);
  });
  while (old.childNodes.length > children.length) old.lastChild.remove();
}

// Ages differ with every answer, and folds are the reader's own; they are no change.
function withoutAges(part) {
  const copy = part.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) { time.textContent = ""; time.removeAttribute("title"); }
  for (const fold of copy.querySelectorAll(".fold")) fold.setAttribute("aria-expanded", "true");
  for (const line of copy.querySelectorAll(".line")) line.hidden = false;
  return copy;
}

function mendAll(page) {
  const focused = document.activeElement;
  const target = focused?.closest(".versions") ? focused.getAttribute("href") : null;
  let isChanged = false;
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh || withoutAges(part).isEqualNode(withoutAges(fresh))) continue;
    mend(part, document.adoptNode(fresh));
    isChanged = true;
  }
  // A new version moves the others down: the focus goes with its own.
  if (target && document.activeElement.getAttribute("href") !== target) {
    document.querySelector(`.versions a[href="${CSS.escape(target)}"]`)?.focus({ preventScroll: true });
  }
  document.title = page.title;
  return isChanged;
}

async function refresh() {
  waiting = 0;
  refreshed = Date.now();
  try {
    const answer = await fetch(location.href);
    if (answer.status === 404) {
      isGone = true;
      say("This artifact or version was deleted while you were reading.");
      return;
    }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!mendAll(page) && !isGone) return;
    isGone = false;
    say("This artifact changed just now; the page shows it as it is.");
  } catch {
    // The page stays as it was; the header says that the node is gone.
  }
}

document.addEventListener("annals:changed", ({ detail }) => {
  const isOurs = ([group, artifact]) => artifact === about.artifact && (group ?? "default") === about.group;
  if (waiting || (detail.length && !detail.some(isOurs))) return;
  waiting = setTimeout(refresh, Math.max(50, refreshed + MIN_GAP_MS - Date.now()));
});
