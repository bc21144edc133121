// A form for files, dropped or chosen, which are sent with their progress shown.

import { fileWords, send } from "./upload_progress.js";

function start() {
  const form = document.querySelector("[data-bring]");
  if (!form) return;
  const zone = form.querySelector("[data-drop]");
  const file = form.querySelector("input[type=file]");
  const limit = Number(form.dataset.limit ?? Infinity);

  function describeFiles() {
    form.querySelector("[data-chosen]").textContent = file.files.length ? fileWords(file.files, limit) : "";
  }

  form.querySelector(".with-js").hidden = false;
  file.addEventListener("change", describeFiles);
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form, form.action); });
  document.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  document.ondragleave = (event) => { if (!event.relatedTarget) zone.classList.remove("over"); };
  document.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const transfer = new DataTransfer();
    for (const item of [...event.dataTransfer.files].slice(0, file.multiple ? Infinity : 1)) transfer.items.add(item);
    if (!transfer.files.length) return;
    file.files = transfer.files;
    describeFiles();
  };
}

start();
document.addEventListener("annals:refused", start);
