// Looks each second how far this page's work has got, draws that, and loads the page at its end.
const EVERY_MS = 1000;

function draw(page) {
  for (const now of page.querySelectorAll("[data-again]")) {
    const shown = document.querySelector(`[data-again="${now.dataset.again}"]`);
    if (shown && shown.innerHTML !== now.innerHTML) shown.replaceChildren(...now.childNodes);
  }
  document.dispatchEvent(new CustomEvent("annals:drawn"));
}

async function look() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-again]")) return location.reload();
    draw(page);
  } catch {
    // The node is away: the header says so, and this looks again.
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
