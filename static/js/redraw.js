// Draws the marked parts of a page again when tables change, and now and then for what is counted.

const MIN_GAP_MS = 1000;
const EVERY_MS = 10000;
let waiting = 0, drawn = Date.now();

async function draw() {
  waiting = 0;
  drawn = Date.now();
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-redraw]")) {
      const fresh = page.querySelector(`[data-redraw="${part.dataset.redraw}"]`);
      if (!fresh || fresh.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
      part.replaceChildren(...fresh.childNodes);
    }
    document.dispatchEvent(new CustomEvent("annals:drawn"));
  } catch {
    // The page stays as it was; the header says that the node is gone.
  }
}

function soon() {
  waiting ||= setTimeout(draw, Math.max(50, drawn + MIN_GAP_MS - Date.now()));
}

document.addEventListener("annals:changed", soon);
setInterval(soon, EVERY_MS);
