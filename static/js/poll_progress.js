// Fetches the page each second while its job runs, updates the marked parts, and reloads at its end.
const EVERY_MS = 1000;

function draw(page) {
  for (const fresh of page.querySelectorAll("[data-again]")) {
    const old = document.querySelector(`[data-again="${fresh.dataset.again}"]`);
    if (old && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
  }
  document.dispatchEvent(new CustomEvent("annals:drawn"));
}

async function poll() {
  try {
    const response = await fetch(location.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.querySelector("[data-again]")) return location.reload();
    draw(page);
  } catch {
    // The node is away, as the header shows; the next poll may succeed.
  }
  setTimeout(poll, EVERY_MS);
}

setTimeout(poll, EVERY_MS);
