// The live journal: each new record is either drawn or counted.
import { RecordList, fetchPart, fetchWindow } from "./record_list.js";
import { listen } from "./socket.js";

const GAP_MS = 250;
const ABOUT_MS = 5000;
const pause = document.querySelector("[data-pause]");
const liveLabel = document.querySelector("[data-live-word]");
let records = null, feed = null;

// Draws the rows after `newestSeen` while the top of the list is visible, else counts them.
class LiveFeed {
  constructor() {
    this.newestSeen = Number(records.top.dataset.last);
    this.countedTo = this.newestSeen;
    this.waiting = 0;
    this.drawn = 0;
    this.undrawn = 0;
    this.isPaused = false;
    this.isUpdating = false;
    this.isUpdateWanted = false;
    this.isEnded = false;
    this.chartsTimer = 0;
    this.stop = listen(
      () => `${document.documentElement.dataset.home}/ui/ws/journal`,
      ({ newest }) => { if (newest > this.newestSeen) this.update(); },
      (isOpen) => { liveLabel.textContent = isOpen ? "● Live" : "○ Reconnecting…"; },
    );
    this.render();
  }

  end() { this.isEnded = true; this.stop(); clearTimeout(this.chartsTimer); }
  get follows() { return !this.isPaused && records.isAtNewest; }

  async update() {
    this.isUpdateWanted = true;
    if (this.isUpdating) return;
    this.isUpdating = true;
    while (this.isUpdateWanted && !this.isEnded) {
      this.isUpdateWanted = false;
      try {
        await (this.follows ? this.draw() : this.count());
      } catch {
        // The node is gone; when it is back, the socket starts the next update.
        setTimeout(() => this.update(), 2000);
        break;
      }
      await new Promise((done) => setTimeout(done, GAP_MS));
    }
    this.isUpdating = false;
  }

  async draw() {
    const since = this.newestSeen;
    const newWindow = await fetchWindow("news", { since });
    if (this.isEnded) return;
    if (!this.follows) { this.isUpdateWanted = true; return; }
    const newCount = Number(newWindow.dataset.came), shownCount = Number(newWindow.dataset.records);
    this.newestSeen = this.countedTo = Math.max(since, Number(newWindow.dataset.newest));
    this.waiting = 0;
    for (const window of records.list.children) { window.dataset.last = this.newestSeen; window.dataset.first = newWindow.dataset.first; }
    this.drawn += shownCount;
    this.undrawn += newCount - shownCount;
    if (newCount > shownCount) {
      this.undrawnFrom = Number(newWindow.dataset.oldest) - 1;
      records.show(newWindow);
    } else if (newWindow.children.length) {
      records.prependNew(newWindow);
    } else {
      records.top.dataset.newest = this.newestSeen;
    }
    if (newCount) { document.querySelector("[data-empty]")?.remove(); this.refreshCharts(); }
    if (Number(newWindow.dataset.last)) document.querySelector(".ledger-frame").hidden = false;
    this.render();
  }

  async count() {
    const counts = await (await fetchPart("count", { since: this.countedTo })).json();
    if (this.isEnded) return;
    this.waiting += counts.records;
    this.countedTo = Math.max(this.countedTo, counts.newest);
    if (counts.records) this.refreshCharts();
    this.render();
  }

  render() {
    const heldWords = this.waiting ? ` (${this.waiting.toLocaleString("en")} held back)` : "";
    const isPaused = !this.follows;
    pause.lastElementChild.textContent = isPaused ? `Resume${heldWords}` : "Pause";
    pause.setAttribute("aria-pressed", String(isPaused));
    const notice = document.querySelector("[data-undrawn]");
    notice.hidden = !this.undrawn;
    notice.querySelector("[data-undrawn-count]").textContent = `${this.undrawn.toLocaleString("en")} not drawn:`;
    notice.title = "They came faster than this page draws.";
    records.list.dataset.drawn = this.drawn;
    records.list.dataset.undrawn = this.undrawn;
  }

  togglePause() {
    if (this.follows) { this.isPaused = true; this.render(); return; }
    this.isPaused = false;
    this.resume();
  }

  async resume() {
    if (!records.isAtNewest) {
      // The list now has all rows that were held back.
      await records.toNewest();
      this.newestSeen = this.countedTo = Math.max(this.newestSeen, Number(records.top.dataset.newest));
      this.waiting = 0;
    }
    this.render();
    this.update();
  }

  showUndrawn() {
    this.undrawn = 0;
    records.jump({ at: this.undrawnFrom }).then(() => this.render());
  }

  refreshCharts() {
    this.chartsTimer ||= setTimeout(async () => {
      this.chartsTimer = 0;
      if (document.hidden || this.isEnded) return;
      const template = document.createElement("template");
      try { template.innerHTML = await (await fetchPart("about", {})).text(); } catch { return; }
      for (const fresh of template.content.querySelectorAll("[data-about]")) {
        const old = document.querySelector(`[data-about="${fresh.dataset.about}"]`);
        if (old && !old.contains(document.activeElement)) old.replaceWith(fresh);
      }
    }, ABOUT_MS);
  }
}

function start() {
  feed?.end();
  records?.end();
  feed = records = null;
  const root = document.getElementById("results");
  if (!root) return;
  records = new RecordList(root, onMove);
  const select = new URLSearchParams(location.search).get("record");
  if (select) openRow(select);
  const notLive = records.list.dataset.notLive;
  pause.hidden = notLive !== undefined;
  if (notLive !== undefined) liveLabel.textContent = notLive;
  else feed = new LiveFeed();
}

// The address follows the scroll position.

let addressTimer = 0;
function onMove() {
  if (feed && pause.getAttribute("aria-pressed") !== String(!feed.follows)) {
    feed.render();
    if (feed.follows && feed.waiting) feed.update();
  }
  clearTimeout(addressTimer);
  addressTimer = setTimeout(updateAddress, 400);
}

function updateAddress() {
  if (!records || records.jumping) return;
  const query = new URLSearchParams(location.search);
  for (const name of ["at", "before", "after", "goto"]) query.delete(name);
  const open = records.list.querySelector(".record > details[open]")?.parentElement;
  if (open) query.set("record", open.dataset.at); else query.delete("record");
  const row = records.isAtNewest && !open ? null : records.topRow();
  if (row) query.set("at", row.dataset.id);
  const address = query.size ? `${location.pathname}?${query}` : location.pathname;
  if (address !== location.pathname + location.search) history.replaceState(history.state, "", address);
}

function openRow(at) {
  const row = records.list.querySelector(`.record[data-at="${CSS.escape(at)}"]`);
  if (row) { row.querySelector("details").open = true; row.scrollIntoView({ block: "nearest" }); }
}

// Rows

async function unfold(record) {
  if (!record.querySelector("details").open || record.dataset.loaded) return;
  record.dataset.loaded = "yes";
  const isOperation = record.classList.contains("together");
  try {
    const response = isOperation ? await fetchPart("operation", { operation: record.dataset.id }) : await fetch(`${record.dataset.src}?part=detail`);
    if (!response.ok) throw new Error(response.statusText);
    record.querySelector(isOperation ? ".op-parts" : ".detail").innerHTML = await response.text();
  } catch {
    delete record.dataset.loaded;
  }
}

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(".record > details")) { if (event.target.matches?.("[data-fold-charts]")) foldCharts(event.target); return; }
  unfold(event.target.parentElement);
  if (records) onMove();
}, true);

async function foldCharts(details) {
  const query = new URLSearchParams(location.search);
  if (details.open) query.delete("charts"); else query.set("charts", "off");
  history.replaceState(history.state, "", query.size ? `${location.pathname}?${query}` : location.pathname);
  if (!details.open || details.querySelector(".chart")) return;
  const template = document.createElement("template");
  try { template.innerHTML = await (await fetchPart("about", {})).text(); } catch { return; }
  details.closest("[data-about]").replaceWith(template.content.querySelector('[data-about="charts"]'));
}

// Selected records stay selected when their rows leave the page.

const selected = new Set();
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick]")) return;
  for (const id of event.target.value.split(",")) { if (event.target.checked) selected.add(id); else selected.delete(id); }
  const form = document.getElementById("export");
  form.querySelector("[data-chosen]").value = [...selected].join(",");
  form.querySelector("[data-export-words]").textContent = selected.size ? `Export ${selected.size.toLocaleString("en")} chosen` : "Export";
});

// The keyboard: g g and G, Home and End.

let wasG = -Infinity;
document.addEventListener("keydown", (event) => {
  if (!records || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  const isAgain = event.key === "g" && event.timeStamp - wasG < 1500;
  wasG = event.key === "g" && !isAgain ? event.timeStamp : -Infinity;
  if (isAgain || event.key === "Home") { if (feed) { feed.isPaused = false; feed.resume(); } else records.toNewest(); records.scroller.scrollTop = 0; }
  else if (event.key === "G" || event.key === "End") records.toOldest();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => { if (event.target.closest("[data-undrawn-show]")) feed?.showUndrawn(); });
pause?.addEventListener("click", () => feed?.togglePause());
document.addEventListener("annals:results", start);
start();
