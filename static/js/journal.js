// The journal as it is written: new rows on top, older ones below, never more than MOST in the page.
import { listen } from "./socket.js";

const MOST = 2000;
const HELD = 500;
const pause = document.querySelector("[data-pause]");
const word = document.querySelector("[data-live-word]");
const skipped = document.querySelector("[data-skipped]");
let ledger, newest, stop, observer, held, heldCount, isPaused = false, isAtTop, missed = 0;

function start() {
  stop?.();
  ledger = document.querySelector(".ledger");
  newest = Number(ledger.dataset.newest);
  held = []; heldCount = 0; missed = 0; isAtTop = true;
  skipped.hidden = true;
  watchOlder();
  const isLive = !("notLive" in ledger.dataset);
  pause.hidden = !isLive;
  if (!isLive) { word.textContent = ledger.dataset.notLive || "Older records: not live"; return; }
  stop = listen(
    () => { const query = new URLSearchParams(location.search); query.set("after", newest); return `${document.documentElement.dataset.home}/ui/ws/journal?${query}`; },
    receive,
    (isOpen) => { word.textContent = isOpen ? "● Live" : "○ Reconnecting"; },
  );
  say();
}

function receive({ rows, skipped: count }) {
  if (count) {
    missed += count;
    skipped.hidden = false;
    skipped.querySelector("[data-skipped-count]").textContent = `About ${missed.toLocaleString("en")} records skipped: they came faster than this page could take them.`;
  }
  if (!rows.length) return;
  newest = Math.max(newest, rows[0].id);
  if (!isPaused && isAtTop) { put(rows); return; }
  heldCount += rows.length;
  held = [...rows, ...held].slice(0, HELD);
  say();
}

function put(rows) {
  document.querySelector("[data-empty]")?.remove();
  const part = document.createElement("template");
  part.innerHTML = rows.map((row) => row.html).join("");
  for (const record of part.content.children) record.classList.add("fresh");
  ledger.prepend(part.content);
  const extra = ledger.children.length - MOST;
  if (extra > 0) {
    for (let i = 0; i < extra; i++) ledger.lastElementChild.remove();
    continueBelow(ledger.lastElementChild.dataset.id);
  }
}

function say() {
  const waiting = heldCount ? ` (${heldCount.toLocaleString("en")} held back)` : "";
  pause.lastElementChild.textContent = isPaused || !isAtTop ? `Resume${waiting}` : "Pause";
  pause.setAttribute("aria-pressed", String(isPaused || !isAtTop));
}

pause.addEventListener("click", () => {
  if (!isPaused && isAtTop) { isPaused = true; say(); return; }
  // More was held back than was kept, or the top was let go: the page is the shortest way.
  if (heldCount > held.length || !isAtTop) { location.reload(); return; }
  isPaused = false;
  const rows = held;
  held = []; heldCount = 0;
  if (rows.length) put(rows);
  say();
});

function continueBelow(id) {
  let link = document.querySelector("[data-older]");
  if (!link) {
    const line = document.createElement("p");
    line.className = "older";
    line.innerHTML = '<a class="button" data-older>Older</a>';
    ledger.after(line);
    link = line.firstChild;
  }
  const query = new URLSearchParams(location.search);
  query.set("before", id);
  link.href = `?${query}`;
  watchOlder();
}

function watchOlder() {
  observer?.disconnect();
  const link = document.querySelector("[data-older]");
  if (!link) return;
  observer = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) loadOlder(link); }, { rootMargin: "600px" });
  observer.observe(link);
}

async function loadOlder(link) {
  observer.disconnect();
  const into = ledger;
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (into !== ledger) return;
    const rows = [...page.querySelectorAll(".ledger > .record")];
    // They were asked for by whoever scrolls: no need to read them aloud.
    ledger.setAttribute("aria-live", "off");
    ledger.append(...rows);
    dropTop();
    const next = page.querySelector("[data-older]");
    if (!next) { link.parentElement.remove(); return; }
    link.href = next.getAttribute("href");
    watchOlder();
  } catch { /* the link stays, to be pressed */ } finally {
    setTimeout(() => into.setAttribute("aria-live", "polite"), 500);
  }
}

function dropTop() {
  const extra = ledger.children.length - MOST;
  if (extra <= 0) return;
  for (let i = 0; i < extra; i++) ledger.firstElementChild.remove();
  isAtTop = false;
  let line = document.querySelector("[data-dropped]");
  if (!line) {
    line = document.createElement("p");
    line.className = "count";
    line.dataset.dropped = "0";
    ledger.before(line);
  }
  line.dataset.dropped = Number(line.dataset.dropped) + extra;
  line.textContent = `${Number(line.dataset.dropped).toLocaleString("en")} newer records were let go to keep this page quick. `;
  const back = line.appendChild(document.createElement("a"));
  back.href = location.pathname + location.search;
  back.textContent = "Back to the newest";
  say();
}

async function unfold(record) {
  if (!record.open || record.dataset.loaded) return;
  record.dataset.loaded = "yes";
  const detail = record.querySelector(".detail");
  try {
    const answer = await fetch(`${record.dataset.src}?part=detail`);
    if (!answer.ok) throw new Error(answer.statusText);
    detail.innerHTML = await answer.text();
  } catch {
    delete record.dataset.loaded;
  }
}

document.addEventListener("toggle", (event) => { if (event.target.matches?.(".record")) unfold(event.target); }, true);
document.addEventListener("annals:results", start);
start();
