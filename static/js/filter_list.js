// A box that narrows a list which is on the page already: data-filters names the list's items.

for (const box of document.querySelectorAll("[data-filters]")) {
  const lines = [...document.querySelectorAll(box.dataset.filters)];
  // A short list is seen at once.
  if (lines.length <= 8) continue;
  box.closest("label").hidden = false;
  const words = lines.map((line) => line.textContent.toLowerCase());
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    lines.forEach((line, at) => { line.hidden = !words[at].includes(wanted); });
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    lines.find((line) => !line.hidden)?.querySelector("a").click();
  });
}
