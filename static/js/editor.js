// Line numbers beside a text area, and marks on lines; the text area itself stays the browser's.

const LINE = 20;
const MOST_LINES = 20000;

export class Editor {
  constructor(box) {
    this.box = box;
    this.gutter = box.querySelector("[data-gutter]");
    this.inner = this.gutter.firstElementChild;
    this.areas = [...box.querySelectorAll("textarea")];
    this.marks = [];
    this.count = 0;
    for (const area of this.areas) {
      area.addEventListener("scroll", () => this.follow());
      area.addEventListener("input", () => this.number());
      new ResizeObserver(() => this.place()).observe(area);
    }
    box.classList.add("numbered");
    this.gutter.hidden = false;
    this.draw();
  }

  get area() { return this.areas.find((mark) => !mark.closest("label").hidden) ?? this.areas[0]; }

  draw() { this.count = 0; this.number(); this.place(); }

  place() {
    const { offsetTop, offsetHeight } = this.area;
    this.gutter.style.top = `${offsetTop + 1}px`;
    this.gutter.style.height = `${Math.max(0, offsetHeight - 2)}px`;
    this.follow();
  }

  number() {
    const lines = Math.min(MOST_LINES, this.area.value.split("\n").length);
    if (lines === this.count) return;
    this.count = lines;
    const numbers = document.createElement("div");
    numbers.className = "n";
    numbers.textContent = Array.from({ length: lines }, (_, position) => position + 1).join("\n");
    this.inner.replaceChildren(numbers, ...this.stripes());
  }

  follow() { this.inner.style.transform = `translateY(${-this.area.scrollTop}px)`; }

  // Marks have a line from 1 and a kind, bad or warn; of several on a line a bad one counts.
  mark(marks) {
    const byLine = new Map();
    for (const mark of marks) {
      if (mark.line && (!byLine.has(mark.line) || mark.kind === "bad")) byLine.set(mark.line, mark.kind);
    }
    this.marks = [...byLine];
    for (const old of this.inner.querySelectorAll(".stripe")) old.remove();
    this.inner.append(...this.stripes());
  }

  stripes() {
    return this.marks.map(([line, kind]) => {
      const stripe = document.createElement("div");
      stripe.className = `stripe ${kind}`;
      stripe.dataset.marked = line;
      stripe.style.top = `${8 + (line - 1) * LINE}px`;
      return stripe;
    });
  }

  go(line, column) {
    const { area } = this;
    const lines = area.value.split("\n");
    const before = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const position = before + Math.min(Math.max(0, column - 1), lines[line - 1]?.length ?? 0);
    area.focus();
    area.setSelectionRange(position, position);
    area.scrollTop = Math.max(0, (line - 1) * LINE - area.clientHeight / 3);
    area.scrollLeft = 0;
    area.scrollIntoView({ block: "nearest" });
  }
}
