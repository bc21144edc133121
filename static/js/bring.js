// Brings a dump or an export: dropped, chosen, and sent with its progress shown.

const form = document.querySelector("[data-bring]");
const zone = form.querySelector("[data-drop]");
const file = form.querySelector("input[type=file]");
const chosen = form.querySelector("[data-chosen]");
const bar = form.querySelector("[data-sent]");
const word = form.querySelector("[data-sent-word]");
const button = form.querySelector("button");
const limit = Number(form.dataset.limit);

function tell() {
  const one = file.files[0];
  const size = one?.size.toLocaleString("en");
  chosen.textContent = !one ? "" : one.size > limit
    ? `${one.name}, ${size} bytes: more than the ${limit.toLocaleString("en")} allowed`
    : `${one.name}, ${size} bytes`;
}

function done(request) {
  // The work has a page of its own; a refusal comes as this page with its reason.
  if (request.status < 400) { location.assign(request.responseURL); return; }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
}

function fail() {
  button.disabled = false;
  bar.hidden = true;
  word.textContent = "The file was not sent: the node can't be reached.";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    word.textContent = `Sent ${Math.floor(100 * loaded / total)} %`;
  });
  request.addEventListener("load", () => done(request));
  request.addEventListener("error", fail);
  request.open("POST", form.action);
  request.send(new FormData(form));
  button.disabled = true;
  bar.hidden = false;
});

form.querySelector(".with-js").hidden = false;
file.addEventListener("change", tell);
document.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  const one = new DataTransfer();
  one.items.add(event.dataTransfer.files[0]);
  file.files = one.files;
  tell();
});
