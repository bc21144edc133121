// Updates the marked parts of a page when tables change, and every ten seconds.

const MIN_GAP_MS = 1000;
const EVERY_MS = 10000;
let timer = 0, drawnAt = Date.now();

async function draw() {
  timer = 0;
  drawnAt = Date.now();
  if (document.hidden) return;
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-redraw]")) {
      const fresh = page.querySelector(`[data-redraw="${part.dataset.redraw}"]`);
      if (!fresh || fresh.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
      part.replaceChildren(...fresh.childNodes);
    }
    document.dispatchEvent(new CustomEvent("annals:drawn"));
  } catch {
    // The page stays as it was; the header shows that the node is gone.
  }
}

function scheduleDraw() {
  timer ||= setTimeout(draw, Math.max(50, drawnAt + MIN_GAP_MS - Date.now()));
}

document.addEventListener("annals:changed", scheduleDraw);
setInterval(scheduleDraw, EVERY_MS);
