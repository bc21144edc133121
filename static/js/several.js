// Drops files onto the page for several, and sends them with their progress shown.

import { send } from "./sending.js";

function start() {
  const form = document.querySelector("[data-several]");
  const zone = form.querySelector("[data-drop]");
  const file = form.querySelector("input[type=file]");
  const chosen = form.querySelector("[data-chosen]");

  function tell() {
    const size = [...file.files].reduce((sum, each) => sum + each.size, 0).toLocaleString("en");
    const what = file.files.length === 1 ? file.files[0].name : `${file.files.length} files`;
    chosen.textContent = file.files.length ? `${what}, ${size} bytes` : "";
  }

  form.querySelector(".with-js").hidden = false;
  file.addEventListener("change", tell);
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form, form.action); });
  document.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  document.ondragleave = (event) => { if (!event.relatedTarget) zone.classList.remove("over"); };
  document.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    tell();
  };
}

start();
document.addEventListener("annals:refused", () => { if (document.querySelector("[data-several]")) start(); });
