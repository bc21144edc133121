// The node's state in the header, the ages of things, and word of changed tables for the page.
import { listen } from "./socket.js";

const strip = document.querySelector("[data-state]");
const SILENCE_MS = 7000;
let heard = Date.now(), isFresh = true;

function changed(what) {
  document.dispatchEvent(new CustomEvent("annals:changed", { detail: what }));
}

// Only what has changed is drawn again: whoever reads or copies is not interrupted.
const findings = document.querySelector("[data-findings]");
function showFindings(html) {
  if (!findings || findings.dataset.shown === html) return;
  const isFirst = findings.dataset.shown === undefined;
  findings.dataset.shown = html;
  const made = document.createElement("template");
  made.innerHTML = html;
  if (isFirst && made.content.textContent.replace(/\s+/g, "") === findings.textContent.replace(/\s+/g, "")) return;
  findings.replaceChildren(made.content);
  document.dispatchEvent(new CustomEvent("annals:drawn"));
}

listen(() => `${document.documentElement.dataset.home}/ui/ws/state`, (message) => {
  heard = Date.now();
  if (message.state !== undefined && strip.dataset.shown !== message.state) {
    strip.innerHTML = strip.dataset.shown = message.state;
  }
  if (message.findings !== undefined) showFindings(message.findings);
  // What was written between the page's making and now is unknown: everything may have changed.
  if (isFresh) { isFresh = false; changed([]); }
  if (message.changed) changed(message.changed);
}, () => { isFresh = true; });

setInterval(() => {
  if (Date.now() - heard < SILENCE_MS || document.hidden) return;
  const seconds = Math.round((Date.now() - heard) / 1000);
  strip.textContent = "";
  const word = strip.appendChild(document.createElement("b"));
  word.className = "bad";
  word.textContent = `✕ No word from the node for ${seconds} s`;
  strip.dataset.shown = "";
}, 1000);

const STEPS = [[60, 1, "second"], [3600, 60, "minute"], [86400, 3600, "hour"], [2592000, 86400, "day"]];
setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000);
    const step = STEPS.find(([limit]) => seconds < limit);
    if (!step || seconds < 5) continue;
    const count = Math.floor(seconds / step[1]);
    time.textContent = `${count} ${step[2]}${count === 1 ? "" : "s"} ago`;
  }
}, 10000);
