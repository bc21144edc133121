// Shows the artifact as it is now when any node changes it: the parts that are marked are swapped.

const about = document.querySelector("[data-artifact]").dataset;
const notice = document.querySelector("[data-changed]");
const MIN_GAP_MS = 1000;
let waiting = 0, refreshed = 0;

function say(text) {
  notice.querySelector("[data-changed-text]").textContent = text;
  notice.hidden = false;
}

function swap(page) {
  const focused = document.activeElement?.closest("[data-swap]") ? document.activeElement.getAttribute("href") : null;
  let changed = false;
  for (const part of document.querySelectorAll("[data-swap]")) {
    const fresh = page.querySelector(`[data-swap="${part.dataset.swap}"]`);
    // Ages differ with every answer; they are no change.
    if (!fresh || fresh.textContent.replace(/\S+ \S+ ago|just now/g, "") === part.textContent.replace(/\S+ \S+ ago|just now/g, "")) continue;
    part.innerHTML = fresh.innerHTML;
    changed = true;
  }
  if (focused) document.querySelector(`[data-swap] a[href="${CSS.escape(focused)}"]`)?.focus();
  return changed;
}

async function refresh() {
  waiting = 0;
  refreshed = Date.now();
  try {
    const answer = await fetch(location.href);
    if (answer.status === 404) return say("This artifact or version was deleted while you were reading.");
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (swap(page)) say("This artifact changed just now; the page shows it as it is.");
  } catch {
    // The page stays as it was; the header says that the node is gone.
  }
}

document.addEventListener("annals:changed", ({ detail }) => {
  const isOurs = ([group, artifact]) => artifact === about.artifact && (group ?? "default") === about.group;
  if (waiting || (detail.length && !detail.some(isOurs))) return;
  waiting = setTimeout(refresh, Math.max(50, refreshed + MIN_GAP_MS - Date.now()));
});
