// The keyboard, dialogs and menus of every page.

const rows = () => [...document.querySelectorAll("[data-row]")].map((row) => row.querySelector("summary, a.title") ?? row.querySelector("a")).filter((item) => item?.offsetParent);

function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

// After `g` the next key names a page, if it was pressed soon: a page may be too busy to hear it soon.
const CHORD_MS = 1500;
let goingSince = -Infinity;

function go(key) {
  goingSince = -Infinity;
  const link = key === "u" ? document.querySelector("[data-upload-link]") : document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
}

const actions = {
  "/": () => { const box = document.querySelector("[data-search]"); box?.focus(); box?.select(); return box; },
  j: () => { move(1); return true; },
  k: () => { move(-1); return true; },
  g: (event) => { goingSince = event.timeStamp; return true; },
  "?": () => { document.getElementById("keys").showModal(); return true; },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isTyping = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("[data-menu][open]")) menu.open = false;
    if (isTyping) event.target.blur();
    return;
  }
  if (isTyping || document.querySelector("dialog[open]")) return;
  if (event.timeStamp - goingSince < CHORD_MS) { go(event.key); event.preventDefault(); return; }
  if (actions[event.key]?.(event)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog).showModal();
  }
  const closer = event.target.closest("dialog [data-close]");
  if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
});

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
}
