// Times in the reader's zone: ages kept up to date, clocks and full times, the exact one on hover.

const STEPS = [[60, 1, "second"], [3600, 60, "minute"], [86400, 3600, "hour"], [2592000, 86400, "day"]];
const FULL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/;
const CLOCK = /^\d\d:\d\d:\d\d\.\d{3}$/;
const place = Intl.DateTimeFormat().resolvedOptions().timeZone;
const two = (number) => String(number).padStart(2, "0");

const day = (when) => `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
const clock = (when) => `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}.${String(when.getMilliseconds()).padStart(3, "0")}`;

// The offset of that moment, not of now: summer time.
function zone(when) {
  const minutes = -when.getTimezoneOffset();
  if (!minutes) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${size % 60 ? `:${two(size % 60)}` : ""}`;
}

function age(when) {
  const seconds = Math.floor((Date.now() - when) / 1000);
  if (seconds < 5) return "just now";
  const step = STEPS.find(([limit]) => seconds < limit);
  if (!step) return day(when);
  const count = Math.floor(seconds / step[1]);
  return `${count} ${step[2]}${count === 1 ? "" : "s"} ago`;
}

function tell(time) {
  const when = new Date(time.dateTime);
  if (Number.isNaN(when.getTime())) return;
  const full = `${day(when)} ${clock(when)} ${zone(when)}`;
  const said = time.textContent;
  const told = "ago" in time.dataset ? age(when) : FULL.test(said) ? full : CLOCK.test(said) ? clock(when) : said;
  if (told !== said) time.textContent = told;
  const title = `${full}${zone(when) === "UTC" || !place ? "" : ` (${place})`}`;
  if (time.title !== title) time.title = title;
}

const tellAll = (part) => part.querySelectorAll("time[datetime]").forEach(tell);

// What comes later, or is mended in place, comes in UTC. What is told already changes no more.
new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    const time = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest("time[datetime]");
    if (time) { tell(time); continue; }
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (node.matches("time[datetime]")) tell(node);
      else tellAll(node);
    }
  }
}).observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ["datetime", "title"] });

tellAll(document);
setInterval(() => document.querySelectorAll("time[data-ago]").forEach(tell), 10000);
