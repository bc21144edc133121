// Search as you type: fetches the page's own address with the form's fields and swaps the results.

const form = document.querySelector("[data-live-search]");
const MIN_GAP_MS = 1000;
let timer = 0, running = null, refreshed = 0, isAsked = false;

function address() {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return query.size ? `${location.pathname}?${query}` : location.pathname;
}

// How an element is found again in the list that comes in its place.
function nameOf(element) {
  if (element.hasAttribute("href")) return `${element.className ? `.${[...element.classList].map(CSS.escape).join(".")}` : "a"}[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element.name === "select") return `[name=select][value="${CSS.escape(element.value)}"]`;
  if (element.dataset.testid) return `[data-testid="${CSS.escape(element.dataset.testid)}"]`;
  return element.name ? `[name="${CSS.escape(element.name)}"]` : null;
}

async function show(url) {
  running?.abort();
  const mine = running = new AbortController();
  const old = document.getElementById("results");
  // A list that is drawn anew by itself stays in sight as it is.
  if (isAsked) old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: mine.signal });
    if (!answer.ok) { location.assign(url); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    const typed = new Map([...old.querySelectorAll("[data-bulk] :is(select, input[name])")].map((field) => [field.name, field.value]));
    old.replaceWith(page.getElementById("results"));
    const fresh = document.getElementById("results");
    for (const field of fresh.querySelectorAll("[data-bulk] :is(select, input[name])")) field.value = typed.get(field.name) ?? field.value;
    for (const menu of form.querySelectorAll(".menu > summary")) {
      const index = [...form.querySelectorAll(".menu > summary")].indexOf(menu);
      menu.textContent = page.querySelectorAll("[data-live-search] .menu > summary")[index].textContent;
    }
    history.replaceState(history.state, "", url);
    document.dispatchEvent(new CustomEvent("annals:results"));
    if (focused) fresh.querySelector(focused)?.focus();
    isAsked = false;
    lookAgain();
  } catch (error) {
    // The list stays as it was; the header says that the node is gone.
    if (error.name === "AbortError") return;
    isAsked = false;
    old.setAttribute("aria-busy", "false");
  }
}

function soon(wait) {
  isAsked = true;
  clearTimeout(timer);
  timer = setTimeout(() => show(address()), wait);
}

form.addEventListener("input", () => soon(180));
form.addEventListener("submit", (event) => { event.preventDefault(); soon(0); });

if ("followsTables" in form.dataset) {
  let waiting = 0;
  document.addEventListener("annals:changed", () => {
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      // The answer to what is being typed will be as new.
      if (isAsked) return;
      refreshed = Date.now();
      show(location.pathname + location.search);
    }, Math.max(50, refreshed + MIN_GAP_MS - Date.now()));
  });
}

// Contents that are not searched yet will be soon.
function lookAgain() {
  if (!("behind" in document.getElementById("results").dataset)) return;
  setTimeout(() => { if (!isAsked && !document.hidden) show(location.pathname + location.search); }, MIN_GAP_MS);
}
lookAgain();
