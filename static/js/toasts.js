// Messages in the corner: toast("Saved") or toast("Not saved: …", { bad: true }).

const region = document.querySelector("[data-toasts]");
const STAYS_MS = 7000;

// Removes a good message after some seconds, unless it is focused or hovered; a bad one stays.
function activate(item) {
  item.querySelector("[data-close-toast]").addEventListener("click", (event) => {
    event.preventDefault();
    item.remove();
  });
  if (item.classList.contains("bad")) return;
  let timer = 0;
  const cancelTimer = () => clearTimeout(timer);
  const startTimer = () => { cancelTimer(); timer = setTimeout(() => item.remove(), STAYS_MS); };
  item.addEventListener("pointerenter", cancelTimer);
  item.addEventListener("pointerleave", startTimer);
  item.addEventListener("focusin", cancelTimer);
  item.addEventListener("focusout", startTimer);
  startTimer();
}

export function toast(words, { bad = false } = {}) {
  const item = document.getElementById("a-toast").content.firstElementChild.cloneNode(true);
  item.classList.toggle("bad", bad);
  item.querySelector(bad ? "[data-good]" : "[data-bad]").remove();
  item.querySelector("[data-words]").textContent = words;
  activate(item);
  region.append(item);
  return item;
}

// Screen readers announce only what is added, so the toasts of the page are added again.
for (const item of region.querySelectorAll(".toast")) {
  activate(item);
  requestAnimationFrame(() => region.append(item));
}
