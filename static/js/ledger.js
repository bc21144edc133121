// A list as long as the journal: windows of rows around what is seen, a rail for all of it.

const MOST_ROWS = 320;
const AHEAD_PX = 1400;
// Rows put into the page in one frame: laying out more at once would be felt.
const SLICE = 10;
const PLACES = ["at", "before", "after", "record", "part", "goto", "since", "operation"];

export function ownQuery(more = {}) {
  const query = new URLSearchParams(location.search);
  for (const name of PLACES) query.delete(name);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query;
}

export async function part(name, more, signal) {
  const answer = await fetch(`${location.pathname}?${ownQuery({ part: name, ...more })}`, { signal });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer;
}

export async function windowOf(name, more, signal) {
  const made = document.createElement("template");
  made.innerHTML = await (await part(name, more, signal)).text();
  return made.content.querySelector("[data-window]");
}

const number = (element, name) => Number(element.dataset[name]);
const thousands = (value) => Math.round(value).toLocaleString("en");

// A window's rows, taken out of it.
function emptied(window) {
  const rows = [...window.children];
  window.replaceChildren();
  return rows;
}

export class Ledger {
  // `onMove` is told when the reader has gone somewhere else.
  constructor(root, onMove) {
    this.scroller = root.querySelector("[data-scroll]");
    this.list = this.scroller.querySelector(".ledger");
    this.rail = root.querySelector("[data-rail]");
    this.thumb = this.rail.querySelector("[data-thumb]");
    this.searching = this.scroller.querySelector("[data-searching]");
    this.onMove = onMove;
    this.loading = {};
    this.isEnded = false;
    this.frame = 0;
    this.scroller.addEventListener("scroll", () => this.soon(), { passive: true });
    this.watchRail();
    new ResizeObserver(() => this.soon()).observe(this.scroller);
    this.soon();
  }

  end() { this.isEnded = true; this.jumping?.abort(); }
  get top() { return this.list.firstElementChild; }
  get bottom() { return this.list.lastElementChild; }
  get isAtNewest() { return this.scroller.scrollTop < 4 && !("newer" in this.top.dataset); }
  get rows() { return this.list.querySelectorAll(":scope > .window > .record"); }

  soon() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; if (!this.isEnded) this.settle(); });
  }

  // Reads the layout once a frame, and asks for what will be needed.
  settle() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < AHEAD_PX && "older" in this.bottom.dataset) this.load("before");
    if (scrollTop < AHEAD_PX && "newer" in this.top.dataset) this.load("after");
    this.showPlace(scrollTop);
    this.onMove();
  }

  async load(way) {
    if (this.loading[way] || this.jumping) return;
    const edge = way === "before" ? this.bottom : this.top;
    const mine = this.loading[way] = {};
    let found;
    try {
      found = await windowOf("rows", { [way]: edge.dataset[way === "before" ? "oldest" : "newest"] });
    } catch {
      // The header says that the node is gone; the next scroll asks again.
      setTimeout(() => { if (this.loading[way] === mine) { this.loading[way] = null; this.soon(); } }, 1500);
      return;
    }
    if (this.loading[way] !== mine || this.isEnded) return;
    await (way === "before" ? this.putBelow(found) : this.putAbove(found));
    if (this.loading[way] !== mine) return;
    this.loading[way] = null;
    this.tellSearch(found);
    this.soon();
  }

  tellSearch(found) {
    const isGoingOn = !Number(found.dataset.records) && "older" in found.dataset;
    this.searching.hidden = !isGoingOn;
    if (isGoingOn) this.searching.textContent = `Searched down to row ${thousands(number(found, "oldest"))} of ${thousands(number(found, "last"))}; going on…`;
  }

  // Nearest to the reader first, a few a frame.
  async fill(window, rows, isAbove = false) {
    while (rows.length) {
      const some = isAbove ? rows.splice(-SLICE) : rows.splice(0, SLICE);
      const before = isAbove && this.scroller.scrollHeight;
      if (isAbove) window.prepend(...some); else window.append(...some);
      this.foldAway(some);
      if (isAbove) this.scroller.scrollTop += this.scroller.scrollHeight - before;
      if (rows.length) await new Promise((next) => { if (document.hidden) setTimeout(next); else requestAnimationFrame(next); });
      if (!window.isConnected || this.isEnded) return;
    }
  }

  async putBelow(found) {
    const edge = this.bottom;
    if (!found.children.length) {
      edge.dataset.oldest = found.dataset.oldest;
      if (!("older" in found.dataset)) delete edge.dataset.older;
      return;
    }
    const rows = emptied(found);
    this.list.append(found);
    await this.fill(found, rows);
    this.trim();
  }

  async putAbove(found) {
    const edge = this.top;
    if (!found.children.length) {
      edge.dataset.newest = found.dataset.newest;
      if (!("newer" in found.dataset)) delete edge.dataset.newer;
      return;
    }
    const rows = emptied(found);
    this.list.prepend(found);
    await this.fill(found, rows, true);
    this.trim();
  }

  // What came while the newest was seen; it may stand for rows that are here already.
  putFresh(found) {
    const rows = [...found.children], top = this.top;
    for (const row of rows) row.classList.add("fresh");
    if (top.children.length < 60) {
      top.prepend(...rows);
      top.dataset.newest = found.dataset.newest;
      delete top.dataset.newer;
    } else {
      this.list.prepend(found);
    }
    this.foldAway(rows);
    this.trim();
    this.soon();
  }

  // An operation stands for records that were here alone before its last one came.
  foldAway(rows) {
    for (const row of rows) {
      if (!row.dataset.members) continue;
      for (const id of row.dataset.members.split(" ")) this.list.querySelector(`:scope > .window > .record[data-id="${id}"]`)?.remove();
    }
  }

  trim() {
    let rows = this.rows.length;
    while (rows > MOST_ROWS && this.list.children.length > 2) {
      const { scrollTop, clientHeight } = this.scroller;
      const above = this.top, below = this.bottom;
      const roomAbove = scrollTop - (above.offsetTop + above.offsetHeight);
      const roomBelow = below.offsetTop - (scrollTop + clientHeight);
      const goes = roomAbove > roomBelow ? above : below;
      if (Math.max(roomAbove, roomBelow) < AHEAD_PX || goes.contains(document.activeElement)) return;
      rows -= goes.children.length;
      if (goes === above) {
        const height = above.offsetHeight;
        const next = above.nextElementSibling;
        above.remove();
        next.dataset.newer = "";
        this.scroller.scrollTop -= height;
      } else {
        below.previousElementSibling.dataset.older = "";
        below.remove();
      }
    }
  }

  async jump(where) {
    this.jumping?.abort();
    const mine = this.jumping = new AbortController();
    this.loading = {};
    try {
      const found = await windowOf("rows", where, mine.signal);
      if (this.jumping !== mine || this.isEnded) return;
      await this.show(found, "after" in where);
    } catch {
      // Another jump took its place, or the node is gone, which the header says.
    } finally {
      if (this.jumping === mine) { this.jumping = null; this.soon(); }
    }
  }

  async show(found, isAtEnd = false) {
    const rows = emptied(found);
    this.list.replaceChildren(found);
    this.scroller.scrollTop = 0;
    if (isAtEnd) found.append(...rows.splice(0));
    else found.append(...rows.splice(0, 3 * SLICE));
    if (isAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.tellSearch(found);
    await this.fill(found, rows);
    this.soon();
  }

  toNewest() { return this.jump({}); }
  toOldest() { return this.jump({ after: number(this.top, "first") - 1 }); }

  // The place, as a row id, of what stands on top: between the ends of its window.
  place(scrollTop = this.scroller.scrollTop) {
    let at = this.top;
    for (const window of this.list.children) {
      if (window.offsetTop > scrollTop) break;
      at = window;
    }
    const share = Math.min(1, Math.max(0, (scrollTop - at.offsetTop) / (at.offsetHeight || 1)));
    return number(at, "newest") - share * (number(at, "newest") - number(at, "oldest"));
  }

  topRow() {
    const edge = this.scroller.getBoundingClientRect().top;
    return [...this.rows].find((row) => row.getBoundingClientRect().bottom > edge + 2);
  }

  // The rail

  get ends() { return [number(this.top, "first"), Math.max(number(this.top, "last"), number(this.top, "newest"))]; }

  showPlace(scrollTop) {
    const [first, last] = this.ends;
    const isWhole = !("older" in this.bottom.dataset) && !("newer" in this.top.dataset) && this.scroller.scrollHeight <= this.scroller.clientHeight + 1;
    this.rail.hidden = isWhole;
    if (isWhole || this.isDragging) return;
    const isAtEnd = !("older" in this.bottom.dataset) && scrollTop + this.scroller.clientHeight > this.scroller.scrollHeight - 4;
    this.tellPlace(isAtEnd ? first : this.isAtNewest ? last : this.place(scrollTop));
  }

  tellPlace(id) {
    const [first, last] = this.ends;
    const share = last > first ? (last - id) / (last - first) : 0;
    const room = this.rail.clientHeight - this.thumb.offsetHeight;
    this.thumb.style.transform = `translateY(${(share * room).toFixed(1)}px)`;
    this.rail.setAttribute("aria-valuemin", "0");
    this.rail.setAttribute("aria-valuemax", String(last - first));
    this.rail.setAttribute("aria-valuenow", String(Math.round(last - id)));
    this.rail.setAttribute("aria-valuetext", `Row ${thousands(id)} of ${thousands(last)}`);
    this.rail.title = `Row ${thousands(id)} of ${thousands(last)}`;
  }

  idAt(y) {
    const box = this.rail.getBoundingClientRect(), thumb = this.thumb.offsetHeight;
    const share = Math.min(1, Math.max(0, (y - box.top - thumb / 2) / (box.height - thumb)));
    const [first, last] = this.ends;
    return Math.round(last - share * (last - first));
  }

  watchRail() {
    let wanted = null, isAsking = false;
    const follow = async () => {
      if (isAsking) return;
      isAsking = true;
      while (wanted !== null) {
        const id = wanted;
        wanted = null;
        await this.goTo(id);
      }
      isAsking = false;
    };
    const drag = (event) => { wanted = this.idAt(event.clientY); this.tellPlace(wanted); follow(); };
    this.rail.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.rail.setPointerCapture(event.pointerId);
      this.isDragging = true;
      drag(event);
    });
    this.rail.addEventListener("pointermove", (event) => { if (this.isDragging) drag(event); });
    for (const name of ["pointerup", "pointercancel"]) this.rail.addEventListener(name, () => { this.isDragging = false; });
    this.rail.addEventListener("keydown", (event) => this.railKey(event));
  }

  goTo(id) {
    const [first, last] = this.ends;
    if (id >= last) return this.toNewest();
    return id <= first ? this.toOldest() : this.jump({ at: id });
  }

  railKey(event) {
    const page = this.scroller.clientHeight * 0.9;
    const steps = { ArrowDown: 40, ArrowUp: -40, PageDown: page, PageUp: -page };
    if (event.key in steps) this.scroller.scrollTop += steps[event.key];
    else return;
    event.preventDefault();
  }
}
