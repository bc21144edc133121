// Updates the marked parts of an artifact's page in place when any node changes it.

const shownArtifact = document.querySelector("[data-artifact]").dataset;
const notice = document.querySelector("[data-changed]");
const MIN_GAP_MS = 1000;
let timer = 0, refreshed = 0, isGone = false;

function showNotice(text) {
  notice.querySelector("[data-changed-text]").textContent = text;
  notice.hidden = false;
}

// Nodes that stay keep focus, scroll position and selection.
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
  if (old.nodeType !== Node.ELEMENT_NODE) { old.data = fresh.data; return; }
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  // What is appended leaves `fresh`, so its children are counted before.
  const children = [...fresh.childNodes];
  children.forEach((child, index) => {
    if (old.childNodes[index]) patch(old.childNodes[index], child);
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

function patchAll(page) {
  const focused = document.activeElement;
  const target = focused?.closest(".versions") ? focused.getAttribute("href") : null;
  let isChanged = false;
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh || withoutAges(part).isEqualNode(withoutAges(fresh))) continue;
    patch(part, document.adoptNode(fresh));
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
  timer = 0;
  refreshed = Date.now();
  try {
    const answer = await fetch(location.href);
    if (answer.status === 404) {
      isGone = true;
      showNotice("This artifact or version was deleted while you were reading.");
      return;
    }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!patchAll(page) && !isGone) return;
    isGone = false;
    showNotice("This artifact changed just now; the page shows it as it is.");
  } catch {
    // The page stays as it was; the header shows that the node is gone.
  }
}

document.addEventListener("annals:changed", ({ detail }) => {
  const isShown = ([group, artifact]) => artifact === shownArtifact.artifact && (group ?? "default") === shownArtifact.group;
  if (timer || (detail.length && !detail.some(isShown))) return;
  timer = setTimeout(refresh, Math.max(50, refreshed + MIN_GAP_MS - Date.now()));
});
