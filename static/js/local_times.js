// Times in the reader's zone: ages kept up to date, times of day and full times.

const STEPS = [[60, 1, "second"], [3600, 60, "minute"], [86400, 3600, "hour"], [2592000, 86400, "day"]];
const FULL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/;
const CLOCK = /^\d\d:\d\d:\d\d\.\d{3}$/;
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const pad = (number) => String(number).padStart(2, "0");

const isoDay = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
const timeOfDay = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;

// The offset at that time, not now: summer time.
function utcOffset(date) {
  const minutes = -date.getTimezoneOffset();
  if (!minutes) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${size % 60 ? `:${pad(size % 60)}` : ""}`;
}

function age(date) {
  const seconds = Math.floor((Date.now() - date) / 1000);
  if (-60 < seconds && seconds < 5) return "just now";
  const step = seconds >= 0 && STEPS.find(([limit]) => seconds < limit);
  if (!step) return isoDay(date);
  const count = Math.floor(seconds / step[1]);
  return `${count} ${step[2]}${count === 1 ? "" : "s"} ago`;
}

function localize(time) {
  const date = new Date(time.dateTime);
  if (Number.isNaN(date.getTime())) return;
  const full = `${isoDay(date)} ${timeOfDay(date)} ${utcOffset(date)}`;
  const text = time.textContent;
  const local = "ago" in time.dataset ? age(date) : FULL.test(text) ? full : CLOCK.test(text) ? timeOfDay(date) : text;
  if (local !== text) time.textContent = local;
  const title = `${full}${utcOffset(date) === "UTC" || !timeZone ? "" : ` (${timeZone})`}`;
  if (time.title !== title) time.title = title;
}

const localizeAll = (part) => part.querySelectorAll("time[datetime]").forEach(localize);

// Times that are added or updated later come in UTC; converted ones stay as they are.
new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    const time = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest("time[datetime]");
    if (time) { localize(time); continue; }
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (node.matches("time[datetime]")) localize(node);
      else localizeAll(node);
    }
  }
}).observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ["datetime", "title"] });

localizeAll(document);
setInterval(() => document.querySelectorAll("time[data-ago]").forEach(localize), 10000);
