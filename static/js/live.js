// The node's state in the header, also when it can't be reached, and word of changed tables for the page.
import { listen } from "./socket.js";

const strip = document.querySelector("[data-state]");
const SILENCE_MS = 7000;
const GRACE_MS = 1000;
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

// `since` is when the connection was lost, or 0; a silent one is as good as lost.
let since = 0;

function receive(message) {
  heard = Date.now();
  if (message.state !== undefined && strip && strip.dataset.shown !== message.state) {
    strip.innerHTML = strip.dataset.shown = message.state;
    strip.style.minHeight = "";
  }
  if (message.findings !== undefined) showFindings(message.findings);
  // What was written between the page's making and now is unknown: everything may have changed.
  if (isFresh) { isFresh = false; changed([]); }
  if (message.changed) changed(message.changed);
}

listen(() => `${document.documentElement.dataset.home}/ui/ws/state`, receive, (isOpen) => {
  since = isOpen ? 0 : since || Date.now();
  if (!isOpen) isFresh = true;
});

function showLoss(words, seconds) {
  let count = strip.querySelector("[data-lost]");
  if (!count) {
    // As high as it was: what is read below stays where it is.
    strip.style.minHeight = `${strip.getBoundingClientRect().height}px`;
    strip.innerHTML = '<b class="bad" role="alert"></b><span data-lost aria-hidden="true"></span>';
    strip.dataset.shown = "";
    count = strip.lastChild;
  }
  if (strip.firstChild.textContent !== words) strip.firstChild.textContent = words;
  count.textContent = `for ${seconds} s`;
}

setInterval(() => {
  if (!strip || document.hidden) return;
  const [lost, silent] = [since && Date.now() - since, Date.now() - heard];
  if (lost > GRACE_MS) showLoss("✕ Connection to the node lost: trying again", Math.round(lost / 1000));
  else if (!since && silent > SILENCE_MS) showLoss("✕ No word from the node", Math.round(silent / 1000));
}, 1000);
