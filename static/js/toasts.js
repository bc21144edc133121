// What was just done, told in the corner: toast("Saved") or toast("Not saved: …", { bad: true }).

const region = document.querySelector("[data-toasts]");
const STAYS_MS = 7000;

// What went well leaves by itself, unless it is being read; what did not stays until it is closed.
function attend(item) {
  item.querySelector("[data-close-toast]").addEventListener("click", (event) => {
    event.preventDefault();
    item.remove();
  });
  if (item.classList.contains("bad")) return;
  let timer = 0;
  const stay = () => clearTimeout(timer);
  const leave = () => { stay(); timer = setTimeout(() => item.remove(), STAYS_MS); };
  item.addEventListener("pointerenter", stay);
  item.addEventListener("pointerleave", leave);
  item.addEventListener("focusin", stay);
  item.addEventListener("focusout", leave);
  leave();
}

export function toast(words, { bad = false } = {}) {
  const item = document.getElementById("a-toast").content.firstElementChild.cloneNode(true);
  item.classList.toggle("bad", bad);
  item.querySelector(bad ? "[data-good]" : "[data-bad]").remove();
  item.querySelector("[data-words]").textContent = words;
  attend(item);
  region.append(item);
  return item;
}

// Those that came with the page are put in anew: only what is added is read aloud.
for (const item of region.querySelectorAll(".toast")) {
  attend(item);
  requestAnimationFrame(() => region.append(item));
}
