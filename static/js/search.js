// Search as you type: fetches the page's own address with the form's fields and swaps the results.

const form = document.querySelector("[data-live-search]");
const MIN_GAP_MS = 1000;
let timer = 0, running = null, refreshed = 0, isPending = false;

function address() {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return query.size ? `${location.pathname}?${query}` : location.pathname;
}

// Returns a selector for the corresponding element of the new list.
function selectorOf(element) {
  if (element.hasAttribute("href")) return `${element.className ? `.${[...element.classList].map(CSS.escape).join(".")}` : "a"}[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element.name === "select") return `[name=select][value="${CSS.escape(element.value)}"]`;
  if (element.dataset.testid) return `[data-testid="${CSS.escape(element.dataset.testid)}"]`;
  return element.name ? `[name="${CSS.escape(element.name)}"]` : null;
}

async function show(url) {
  running?.abort();
  const controller = running = new AbortController();
  const oldResults = document.getElementById("results");
  // Automatic refreshes leave the list as it looks.
  if (isPending) oldResults.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) { location.assign(url); return; }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const focused = oldResults.contains(document.activeElement) ? selectorOf(document.activeElement) : null;
    const fieldValues = new Map([...oldResults.querySelectorAll("[data-bulk] :is(select, input[name])")].map((field) => [field.name, field.value]));
    oldResults.replaceWith(page.getElementById("results"));
    const newResults = document.getElementById("results");
    for (const field of newResults.querySelectorAll("[data-bulk] :is(select, input[name])")) field.value = fieldValues.get(field.name) ?? field.value;
    for (const menu of form.querySelectorAll(".menu > summary")) {
      const index = [...form.querySelectorAll(".menu > summary")].indexOf(menu);
      menu.textContent = page.querySelectorAll("[data-live-search] .menu > summary")[index].textContent;
    }
    history.replaceState(history.state, "", url);
    document.dispatchEvent(new CustomEvent("annals:results"));
    if (focused) newResults.querySelector(focused)?.focus();
    isPending = false;
    refreshWhileBehind();
  } catch (error) {
    // The list stays as it was; the header shows that the node is gone.
    if (error.name === "AbortError") return;
    isPending = false;
    oldResults.setAttribute("aria-busy", "false");
  }
}

function schedule(wait) {
  isPending = true;
  clearTimeout(timer);
  timer = setTimeout(() => show(address()), wait);
}

form.addEventListener("input", () => schedule(180));
form.addEventListener("submit", (event) => { event.preventDefault(); schedule(0); });

if ("followsTables" in form.dataset) {
  let refreshTimer = 0;
  document.addEventListener("annals:changed", () => {
    if (refreshTimer) return;
    refreshTimer = setTimeout(() => {
      refreshTimer = 0;
      // The search that is pending will fetch the changes, too.
      if (isPending) return;
      refreshed = Date.now();
      show(location.pathname + location.search);
    }, Math.max(50, refreshed + MIN_GAP_MS - Date.now()));
  });
}

// Contents that are not indexed yet will be soon.
function refreshWhileBehind() {
  if (!("behind" in document.getElementById("results").dataset)) return;
  setTimeout(() => { if (!isPending && !document.hidden) show(location.pathname + location.search); }, MIN_GAP_MS);
}
refreshWhileBehind();
