// The node's state in the header, also when it can't be reached, and events for changed tables.
import { listen } from "./socket.js";

const strip = document.querySelector("[data-state]");
const SILENCE_MS = 7000;
const GRACE_MS = 1000;
let receivedAt = Date.now(), isFresh = true;

function notifyChanged(artifacts) {
  document.dispatchEvent(new CustomEvent("annals:changed", { detail: artifacts }));
}

// Only what changed is replaced, so that reading and copying are not interrupted.
const findings = document.querySelector("[data-findings]");
function showFindings(html) {
  if (!findings || findings.dataset.shown === html) return;
  const isFirst = findings.dataset.shown === undefined;
  findings.dataset.shown = html;
  const template = document.createElement("template");
  template.innerHTML = html;
  if (isFirst && template.content.textContent.replace(/\s+/g, "") === findings.textContent.replace(/\s+/g, "")) return;
  findings.replaceChildren(template.content);
  document.dispatchEvent(new CustomEvent("annals:drawn"));
}

// When the connection was lost, or 0.
let lostSince = 0;

function receive(message) {
  receivedAt = Date.now();
  if (message.state !== undefined && strip && strip.dataset.shown !== message.state) {
    strip.innerHTML = strip.dataset.shown = message.state;
    strip.style.minHeight = "";
  }
  if (message.findings !== undefined) showFindings(message.findings);
  // Changes between the page's rendering and now are unknown: everything may have changed.
  if (isFresh) { isFresh = false; notifyChanged([]); }
  if (message.changed) notifyChanged(message.changed);
}

listen(() => `${document.documentElement.dataset.home}/ui/ws/state`, receive, (isOpen) => {
  lostSince = isOpen ? 0 : lostSince || Date.now();
  if (!isOpen) isFresh = true;
});

function showLoss(words, seconds) {
  let count = strip.querySelector("[data-lost]");
  if (!count) {
    // Keeps its height, so that the page below does not move.
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
  const [lostFor, silentFor] = [lostSince && Date.now() - lostSince, Date.now() - receivedAt];
  if (lostFor > GRACE_MS) showLoss("✕ Connection to the node lost: trying again", Math.round(lostFor / 1000));
  else if (!lostSince && silentFor > SILENCE_MS) showLoss("✕ No word from the node", Math.round(silentFor / 1000));
}, 1000);
