// A box that filters a list on the page; data-filters selects the list's items.

for (const box of document.querySelectorAll("[data-filters]")) {
  const lines = [...document.querySelectorAll(box.dataset.filters)];
  // A short list needs no filter.
  if (lines.length <= 8) continue;
  box.closest("label").hidden = false;
  const words = lines.map((line) => line.textContent.toLowerCase());
  box.addEventListener("input", () => {
    const query = box.value.trim().toLowerCase();
    lines.forEach((line, index) => { line.hidden = !words[index].includes(query); });
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    lines.find((line) => !line.hidden)?.querySelector("a").click();
  });
}
