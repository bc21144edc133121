// Filters the list of contents of a documentation page.

const box = document.querySelector("[data-doc-filter]");
const lines = [...document.querySelectorAll(".doc-nav li")];

if (box && lines.length > 8) {
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
