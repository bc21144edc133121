// Folds the deeper lines below a line, and marks the line that the address names.

const depth = (line) => {
  const text = line.textContent;
  return text.trim() ? text.length - text.trimStart().length : Infinity;
};

function fold(button) {
  const first = button.closest(".line");
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  const level = depth(first);
  for (let line = first.nextElementSibling; line && depth(line) > level; line = line.nextElementSibling) {
    line.hidden = isOpen;
    line.querySelector(".fold")?.setAttribute("aria-expanded", "true");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".code .fold");
  if (button) fold(button);
});

// A line that an address leads to must not be hidden in a fold.
function reveal() {
  const line = document.getElementById(location.hash.slice(1));
  if (!line?.hidden) return;
  for (const sibling of line.parentElement.children) sibling.hidden = false;
  line.scrollIntoView({ block: "center" });
}
addEventListener("hashchange", reveal);
