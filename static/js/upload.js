// Dropping and pasting files onto the upload form; the bytes go as they are.

const form = document.querySelector("[data-upload]");
const zone = form.querySelector("[data-drop]");
const file = form.querySelector("input[type=file]");
const text = form.querySelector("textarea");
const chosen = form.querySelector("[data-chosen]");
const limit = Number(form.dataset.limit);

function forgetKept() {
  for (const input of form.querySelectorAll("input[name=kept], input[name=kept_name]")) input.remove();
}

function tell() {
  const one = file.files[0];
  if (!one) { chosen.textContent = ""; return; }
  forgetKept();
  const size = one.size.toLocaleString("en");
  chosen.textContent = one.size > limit
    ? `${one.name}, ${size} bytes: more than the ${limit.toLocaleString("en")} allowed`
    : `${one.name}, ${size} bytes`;
}

function take(files) {
  if (!files.length) return false;
  const one = new DataTransfer();
  one.items.add(files[0]);
  file.files = one.files;
  text.value = "";
  tell();
  return true;
}

form.querySelector(".with-js").hidden = false;
file.addEventListener("change", tell);
text.addEventListener("input", () => { file.value = ""; forgetKept(); tell(); });
document.addEventListener("paste", (event) => { if (take(event.clipboardData.files)) event.preventDefault(); });
document.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  if (!take(event.dataTransfer.files)) {
    const pasted = event.dataTransfer.getData("text/plain");
    if (pasted) { text.value = pasted; text.dispatchEvent(new Event("input", { bubbles: true })); }
  }
});
