// A virtual list of records: windows of rows around the visible ones, and a scroll rail for the whole journal.

const MAX_ROWS = 320;
const AHEAD_PX = 1400;
// Rows that are added in one frame: laying out more at once is noticeable.
const SLICE = 10;
const POSITION_PARAMETERS = ["at", "before", "after", "record", "part", "goto", "since", "operation"];

export function ownQuery(more = {}) {
  const query = new URLSearchParams(location.search);
  for (const name of POSITION_PARAMETERS) query.delete(name);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query;
}

export async function fetchPart(name, more, signal) {
  const response = await fetch(`${location.pathname}?${ownQuery({ part: name, ...more })}`, { signal });
  if (!response.ok) throw new Error(response.statusText);
  return response;
}

export async function fetchWindow(name, more, signal) {
  const template = document.createElement("template");
  template.innerHTML = await (await fetchPart(name, more, signal)).text();
  return template.content.querySelector("[data-window]");
}

const dataNumber = (element, name) => Number(element.dataset[name]);
const thousands = (value) => Math.round(value).toLocaleString("en");

// Takes the rows out of a window.
function takeRows(window) {
  const rows = [...window.children];
  window.replaceChildren();
  return rows;
}

export class RecordList {
  // `onMove` is called after scrolling.
  constructor(root, onMove) {
    this.scroller = root.querySelector("[data-scroll]");
    this.list = this.scroller.querySelector(".ledger");
    this.rail = root.querySelector("[data-rail]");
    this.thumb = this.rail.querySelector("[data-thumb]");
    this.searchLine = this.scroller.querySelector("[data-searching]");
    this.onMove = onMove;
    this.loading = {};
    this.isEnded = false;
    this.frame = 0;
    this.scroller.addEventListener("scroll", () => this.scheduleSettle(), { passive: true });
    this.listenToRail();
    new ResizeObserver(() => this.scheduleSettle()).observe(this.scroller);
    this.scheduleSettle();
  }

  end() { this.isEnded = true; this.jumping?.abort(); }
  get top() { return this.list.firstElementChild; }
  get bottom() { return this.list.lastElementChild; }
  get isAtNewest() { return this.scroller.scrollTop < 4 && !("newer" in this.top.dataset); }
  get rows() { return this.list.querySelectorAll(":scope > .window > .record"); }

  scheduleSettle() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; if (!this.isEnded) this.settle(); });
  }

  // Reads the layout once a frame, and fetches the rows that will be needed.
  settle() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < AHEAD_PX && "older" in this.bottom.dataset) this.load("before");
    if (scrollTop < AHEAD_PX && "newer" in this.top.dataset) this.load("after");
    this.updateRail(scrollTop);
    this.onMove();
  }

  async load(way) {
    if (this.loading[way] || this.jumping) return;
    const edge = way === "before" ? this.bottom : this.top;
    const request = this.loading[way] = {};
    let newWindow;
    try {
      newWindow = await fetchWindow("rows", { [way]: edge.dataset[way === "before" ? "oldest" : "newest"] });
    } catch {
      // The header shows that the node is gone; the next scroll tries again.
      setTimeout(() => { if (this.loading[way] === request) { this.loading[way] = null; this.scheduleSettle(); } }, 1500);
      return;
    }
    if (this.loading[way] !== request || this.isEnded) return;
    await (way === "before" ? this.appendWindow(newWindow) : this.prependWindow(newWindow));
    if (this.loading[way] !== request) return;
    this.loading[way] = null;
    this.showSearchProgress(newWindow);
    this.scheduleSettle();
  }

  showSearchProgress(newWindow) {
    const isGoingOn = !Number(newWindow.dataset.records) && "older" in newWindow.dataset;
    this.searchLine.hidden = !isGoingOn;
    if (isGoingOn) this.searchLine.textContent = `Searched down to row ${thousands(dataNumber(newWindow, "oldest"))} of ${thousands(dataNumber(newWindow, "last"))}; going on…`;
  }

  // The rows nearest to the visible ones first, a few a frame.
  async fill(window, rows, isAbove = false) {
    while (rows.length) {
      const some = isAbove ? rows.splice(-SLICE) : rows.splice(0, SLICE);
      const before = isAbove && this.scroller.scrollHeight;
      if (isAbove) window.prepend(...some); else window.append(...some);
      this.removeGrouped(some);
      if (isAbove) this.scroller.scrollTop += this.scroller.scrollHeight - before;
      if (rows.length) await new Promise((next) => { if (document.hidden) setTimeout(next); else requestAnimationFrame(next); });
      if (!window.isConnected || this.isEnded) return;
    }
  }

  async appendWindow(newWindow) {
    const edge = this.bottom;
    if (!newWindow.children.length) {
      edge.dataset.oldest = newWindow.dataset.oldest;
      if (!("older" in newWindow.dataset)) delete edge.dataset.older;
      return;
    }
    const rows = takeRows(newWindow);
    this.list.append(newWindow);
    await this.fill(newWindow, rows);
    this.trim();
  }

  async prependWindow(newWindow) {
    const edge = this.top;
    if (!newWindow.children.length) {
      edge.dataset.newest = newWindow.dataset.newest;
      if (!("newer" in newWindow.dataset)) delete edge.dataset.newer;
      return;
    }
    const rows = takeRows(newWindow);
    this.list.prepend(newWindow);
    await this.fill(newWindow, rows, true);
    this.trim();
  }

  // Adds new rows at the top; an operation may replace rows that are there already.
  prependNew(newWindow) {
    const rows = [...newWindow.children], top = this.top;
    for (const row of rows) row.classList.add("fresh");
    if (top.children.length < 60) {
      top.prepend(...rows);
      top.dataset.newest = newWindow.dataset.newest;
      delete top.dataset.newer;
    } else {
      this.list.prepend(newWindow);
    }
    this.removeGrouped(rows);
    this.trim();
    this.scheduleSettle();
  }

  // Removes the records that an operation stands for.
  removeGrouped(rows) {
    for (const row of rows) {
      if (!row.dataset.members) continue;
      for (const id of row.dataset.members.split(" ")) this.list.querySelector(`:scope > .window > .record[data-id="${id}"]`)?.remove();
    }
  }

  trim() {
    let rows = this.rows.length;
    while (rows > MAX_ROWS && this.list.children.length > 2) {
      const { scrollTop, clientHeight } = this.scroller;
      const above = this.top, below = this.bottom;
      const roomAbove = scrollTop - (above.offsetTop + above.offsetHeight);
      const roomBelow = below.offsetTop - (scrollTop + clientHeight);
      const removed = roomAbove > roomBelow ? above : below;
      if (Math.max(roomAbove, roomBelow) < AHEAD_PX || removed.contains(document.activeElement)) return;
      rows -= removed.children.length;
      if (removed === above) {
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
    const request = this.jumping = new AbortController();
    this.loading = {};
    try {
      const newWindow = await fetchWindow("rows", where, request.signal);
      if (this.jumping !== request || this.isEnded) return;
      await this.show(newWindow, "after" in where);
    } catch {
      // Another jump took its place, or the node is gone, as the header shows.
    } finally {
      if (this.jumping === request) { this.jumping = null; this.scheduleSettle(); }
    }
  }

  async show(newWindow, isAtEnd = false) {
    const rows = takeRows(newWindow);
    this.list.replaceChildren(newWindow);
    this.scroller.scrollTop = 0;
    if (isAtEnd) newWindow.append(...rows.splice(0));
    else newWindow.append(...rows.splice(0, 3 * SLICE));
    if (isAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.showSearchProgress(newWindow);
    await this.fill(newWindow, rows);
    this.scheduleSettle();
  }

  toNewest() { return this.jump({}); }
  toOldest() { return this.jump({ after: dataNumber(this.top, "first") - 1 }); }

  // The row id of the top of the viewport, interpolated between the ends of its window.
  currentPosition(scrollTop = this.scroller.scrollTop) {
    let current = this.top;
    for (const window of this.list.children) {
      if (window.offsetTop > scrollTop) break;
      current = window;
    }
    const share = Math.min(1, Math.max(0, (scrollTop - current.offsetTop) / (current.offsetHeight || 1)));
    return dataNumber(current, "newest") - share * (dataNumber(current, "newest") - dataNumber(current, "oldest"));
  }

  topRow() {
    const edge = this.scroller.getBoundingClientRect().top;
    return [...this.rows].find((row) => row.getBoundingClientRect().bottom > edge + 2);
  }

  // The rail

  get ends() { return [dataNumber(this.top, "first"), Math.max(dataNumber(this.top, "last"), dataNumber(this.top, "newest"))]; }

  updateRail(scrollTop) {
    const [first, last] = this.ends;
    const isWhole = !("older" in this.bottom.dataset) && !("newer" in this.top.dataset) && this.scroller.scrollHeight <= this.scroller.clientHeight + 1;
    this.rail.hidden = isWhole;
    if (isWhole || this.isDragging) return;
    const isAtEnd = !("older" in this.bottom.dataset) && scrollTop + this.scroller.clientHeight > this.scroller.scrollHeight - 4;
    this.showRailPosition(isAtEnd ? first : this.isAtNewest ? last : this.currentPosition(scrollTop));
  }

  showRailPosition(id) {
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

  rowIdAt(y) {
    const box = this.rail.getBoundingClientRect(), thumb = this.thumb.offsetHeight;
    const share = Math.min(1, Math.max(0, (y - box.top - thumb / 2) / (box.height - thumb)));
    const [first, last] = this.ends;
    return Math.round(last - share * (last - first));
  }

  listenToRail() {
    let targetId = null, isFollowing = false;
    const follow = async () => {
      if (isFollowing) return;
      isFollowing = true;
      while (targetId !== null) {
        const id = targetId;
        targetId = null;
        await this.jumpToRow(id);
      }
      isFollowing = false;
    };
    const drag = (event) => { targetId = this.rowIdAt(event.clientY); this.showRailPosition(targetId); follow(); };
    this.rail.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.rail.setPointerCapture(event.pointerId);
      this.isDragging = true;
      drag(event);
    });
    this.rail.addEventListener("pointermove", (event) => { if (this.isDragging) drag(event); });
    for (const name of ["pointerup", "pointercancel"]) this.rail.addEventListener(name, () => { this.isDragging = false; });
    this.rail.addEventListener("keydown", (event) => this.onRailKey(event));
  }

  jumpToRow(id) {
    const [first, last] = this.ends;
    if (id >= last) return this.toNewest();
    return id <= first ? this.toOldest() : this.jump({ at: id });
  }

  onRailKey(event) {
    const page = this.scroller.clientHeight * 0.9;
    const steps = { ArrowDown: 40, ArrowUp: -40, PageDown: page, PageUp: -page };
    if (event.key in steps) this.scroller.scrollTop += steps[event.key];
    else return;
    event.preventDefault();
  }
}
