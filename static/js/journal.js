// The journal as it is written: what comes is drawn or counted, never both, never neither.
import { Ledger, part, windowOf } from "./ledger.js";
import { listen } from "./socket.js";

const GAP_MS = 250;
const ABOUT_MS = 5000;
const pause = document.querySelector("[data-pause]");
const word = document.querySelector("[data-live-word]");
let ledger = null, live = null;

// What came after the row `seen`: drawn while the newest is looked at, else counted.
class Live {
  constructor() {
    this.seen = Number(ledger.top.dataset.last);
    this.countedTo = this.seen;
    this.waiting = 0;
    this.drawn = 0;
    this.undrawn = 0;
    this.isPaused = false;
    this.isBusy = false;
    this.isAsked = false;
    this.isEnded = false;
    this.about = 0;
    this.stop = listen(
      () => `${document.documentElement.dataset.home}/ui/ws/journal`,
      ({ newest }) => { if (newest > this.seen) this.ask(); },
      (isOpen) => { word.textContent = isOpen ? "● Live" : "○ Reconnecting…"; },
    );
    this.say();
  }

  end() { this.isEnded = true; this.stop(); clearTimeout(this.about); }
  get follows() { return !this.isPaused && ledger.isAtNewest; }

  async ask() {
    this.isAsked = true;
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.isAsked && !this.isEnded) {
      this.isAsked = false;
      try {
        await (this.follows ? this.draw() : this.count());
      } catch {
        // The node is gone: the socket tells when it is back, and then this is asked again.
        setTimeout(() => this.ask(), 2000);
        break;
      }
      await new Promise((done) => setTimeout(done, GAP_MS));
    }
    this.isBusy = false;
  }

  async draw() {
    const since = this.seen;
    const found = await windowOf("news", { since });
    if (this.isEnded) return;
    if (!this.follows) { this.isAsked = true; return; }
    const came = Number(found.dataset.came), here = Number(found.dataset.records);
    this.seen = this.countedTo = Math.max(since, Number(found.dataset.newest));
    this.waiting = 0;
    for (const window of ledger.list.children) { window.dataset.last = this.seen; window.dataset.first = found.dataset.first; }
    this.drawn += here;
    this.undrawn += came - here;
    if (came > here) {
      this.missedAt = Number(found.dataset.oldest) - 1;
      ledger.show(found);
    } else if (found.children.length) {
      ledger.putFresh(found);
    } else {
      ledger.top.dataset.newest = this.seen;
    }
    if (came) { document.querySelector("[data-empty]")?.remove(); this.tellAbout(); }
    if (Number(found.dataset.last)) document.querySelector(".ledger-frame").hidden = false;
    this.say();
  }

  async count() {
    const told = await (await part("count", { since: this.countedTo })).json();
    if (this.isEnded) return;
    this.waiting += told.records;
    this.countedTo = Math.max(this.countedTo, told.newest);
    if (told.records) this.tellAbout();
    this.say();
  }

  say() {
    const held = this.waiting ? ` (${this.waiting.toLocaleString("en")} held back)` : "";
    const isHeld = !this.follows;
    pause.lastElementChild.textContent = isHeld ? `Resume${held}` : "Pause";
    pause.setAttribute("aria-pressed", String(isHeld));
    const notice = document.querySelector("[data-undrawn]");
    notice.hidden = !this.undrawn;
    notice.querySelector("[data-undrawn-count]").textContent = `${this.undrawn.toLocaleString("en")} not drawn:`;
    notice.title = "They came faster than this page draws.";
    ledger.list.dataset.drawn = this.drawn;
    ledger.list.dataset.undrawn = this.undrawn;
  }

  press() {
    if (this.follows) { this.isPaused = true; this.say(); return; }
    this.isPaused = false;
    this.resume();
  }

  async resume() {
    if (!ledger.isAtNewest) {
      // All that was held back is in the list again, or on the way down it.
      await ledger.toNewest();
      this.seen = this.countedTo = Math.max(this.seen, Number(ledger.top.dataset.newest));
      this.waiting = 0;
    }
    this.say();
    this.ask();
  }

  showMissed() {
    this.undrawn = 0;
    ledger.jump({ at: this.missedAt }).then(() => this.say());
  }

  tellAbout() {
    this.about ||= setTimeout(async () => {
      this.about = 0;
      if (document.hidden || this.isEnded) return;
      const made = document.createElement("template");
      try { made.innerHTML = await (await part("about", {})).text(); } catch { return; }
      for (const fresh of made.content.querySelectorAll("[data-about]")) {
        const old = document.querySelector(`[data-about="${fresh.dataset.about}"]`);
        if (old && !old.contains(document.activeElement)) old.replaceWith(fresh);
      }
    }, ABOUT_MS);
  }
}

function start() {
  live?.end();
  ledger?.end();
  live = ledger = null;
  const root = document.getElementById("results");
  if (!root) return;
  ledger = new Ledger(root, moved);
  const select = new URLSearchParams(location.search).get("record");
  if (select) openRow(select);
  const notLive = ledger.list.dataset.notLive;
  pause.hidden = notLive !== undefined;
  if (notLive !== undefined) word.textContent = notLive;
  else live = new Live();
}

// The address follows the reader.

let placing = 0;
function moved() {
  if (live && pause.getAttribute("aria-pressed") !== String(!live.follows)) {
    live.say();
    if (live.follows && live.waiting) live.ask();
  }
  clearTimeout(placing);
  placing = setTimeout(place, 400);
}

function place() {
  if (!ledger || ledger.jumping) return;
  const query = new URLSearchParams(location.search);
  for (const name of ["at", "before", "after", "goto"]) query.delete(name);
  const open = ledger.list.querySelector(".record > details[open]")?.parentElement;
  if (open) query.set("record", open.dataset.at); else query.delete("record");
  const row = ledger.isAtNewest && !open ? null : ledger.topRow();
  if (row) query.set("at", row.dataset.id);
  const address = query.size ? `${location.pathname}?${query}` : location.pathname;
  if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
}

function openRow(at) {
  const row = ledger.list.querySelector(`.record[data-at="${CSS.escape(at)}"]`);
  if (row) { row.querySelector("details").open = true; row.scrollIntoView({ block: "nearest" }); }
}

// Rows

async function unfold(record) {
  if (!record.querySelector("details").open || record.dataset.loaded) return;
  record.dataset.loaded = "yes";
  const isOperation = record.classList.contains("together");
  try {
    const answer = isOperation ? await part("operation", { operation: record.dataset.id }) : await fetch(`${record.dataset.src}?part=detail`);
    if (!answer.ok) throw new Error(answer.statusText);
    record.querySelector(isOperation ? ".op-parts" : ".detail").innerHTML = await answer.text();
  } catch {
    delete record.dataset.loaded;
  }
}

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(".record > details")) { if (event.target.matches?.("[data-fold-charts]")) foldCharts(event.target); return; }
  unfold(event.target.parentElement);
  if (ledger) moved();
}, true);

async function foldCharts(details) {
  const query = new URLSearchParams(location.search);
  if (details.open) query.delete("charts"); else query.set("charts", "off");
  history.replaceState(history.state, "", query.size ? `${location.pathname}?${query}` : location.pathname);
  if (!details.open || details.querySelector(".chart")) return;
  const made = document.createElement("template");
  try { made.innerHTML = await (await part("about", {})).text(); } catch { return; }
  details.closest("[data-about]").replaceWith(made.content.querySelector('[data-about="charts"]'));
}

// What is chosen stays chosen when its row has left the page.

const chosen = new Set();
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick]")) return;
  for (const id of event.target.value.split(",")) { if (event.target.checked) chosen.add(id); else chosen.delete(id); }
  const form = document.getElementById("export");
  form.querySelector("[data-chosen]").value = [...chosen].join(",");
  form.querySelector("[data-export-words]").textContent = chosen.size ? `Export ${chosen.size.toLocaleString("en")} chosen` : "Export";
});

// The keyboard: g g and G, Home and End.

let wasG = -Infinity;
document.addEventListener("keydown", (event) => {
  if (!ledger || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  const isAgain = event.key === "g" && event.timeStamp - wasG < 1500;
  wasG = event.key === "g" && !isAgain ? event.timeStamp : -Infinity;
  if (isAgain || event.key === "Home") { if (live) { live.isPaused = false; live.resume(); } else ledger.toNewest(); ledger.scroller.scrollTop = 0; }
  else if (event.key === "G" || event.key === "End") ledger.toOldest();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-undrawn-show]")) live?.showMissed(); });
pause?.addEventListener("click", () => live?.press());
document.addEventListener("annals:results", start);
start();
