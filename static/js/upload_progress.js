// Sends a form with its progress shown; the page of the response replaces this one.

// Describes chosen files, for the line beside their field.
export function fileWords(files, limit) {
  const size = [...files].reduce((sum, item) => sum + item.size, 0);
  const words = `${files.length === 1 ? files[0].name : `${files.length} files`}, ${size.toLocaleString("en")} bytes`;
  return size > limit ? `${words}: more than the ${limit.toLocaleString("en")} allowed` : words;
}

export function send(form, address) {
  const progressLine = form.querySelector("[data-sending]");
  const bar = form.querySelector("[data-sent]");
  const label = form.querySelector("[data-sent-word]");
  const buttons = [...form.querySelectorAll(".actions button:enabled")];
  const request = new XMLHttpRequest();
  progressLine.hidden = false;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    label.textContent = loaded < total ? `Sent ${Math.floor(100 * loaded / total)} %` : "Sent. It is checked and stored.";
  });
  request.addEventListener("load", () => {
    const target = request.getResponseHeader("Location");
    if (request.status === 201 && target) { location.assign(target); return; }
    if (request.status < 400 && request.responseURL !== location.href) { location.assign(request.responseURL); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    document.title = page.title;
    document.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
    for (const name of ["annals:refused", "annals:drawn"]) document.dispatchEvent(new CustomEvent(name));
  });
  request.addEventListener("error", () => {
    progressLine.hidden = true;
    label.textContent = "";
    for (const item of buttons) item.disabled = false;
    form.querySelector("[data-chosen]").textContent = "Nothing was sent: the node can't be reached.";
  });
  request.open("POST", address);
  request.setRequestHeader("X-Annals-Sent", "script");
  request.send(new FormData(form));
  for (const item of buttons) item.disabled = true;
}
