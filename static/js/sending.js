// Sends a form with its progress shown; the page of the answer, or of the refusal, is then this one.

//: What is said of chosen files beside their field.
export function fileWords(files, limit) {
  const size = [...files].reduce((sum, each) => sum + each.size, 0);
  const told = `${files.length === 1 ? files[0].name : `${files.length} files`}, ${size.toLocaleString("en")} bytes`;
  return size > limit ? `${told}: more than the ${limit.toLocaleString("en")} allowed` : told;
}

export function send(form, address) {
  const line = form.querySelector("[data-sending]");
  const bar = form.querySelector("[data-sent]");
  const word = form.querySelector("[data-sent-word]");
  const buttons = [...form.querySelectorAll(".actions button:enabled")];
  const request = new XMLHttpRequest();
  line.hidden = false;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    word.textContent = loaded < total ? `Sent ${Math.floor(100 * loaded / total)} %` : "Sent. It is checked and stored.";
  });
  request.addEventListener("load", () => {
    const place = request.getResponseHeader("Location");
    if (request.status === 201 && place) { location.assign(place); return; }
    if (request.status < 400 && request.responseURL !== location.href) { location.assign(request.responseURL); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    document.title = page.title;
    document.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
    for (const name of ["annals:refused", "annals:drawn"]) document.dispatchEvent(new CustomEvent(name));
  });
  request.addEventListener("error", () => {
    line.hidden = true;
    word.textContent = "";
    for (const each of buttons) each.disabled = false;
    form.querySelector("[data-chosen]").textContent = "Nothing was sent: the node can't be reached.";
  });
  request.open("POST", address);
  request.setRequestHeader("X-Annals-Sent", "script");
  request.send(new FormData(form));
  for (const each of buttons) each.disabled = true;
}
