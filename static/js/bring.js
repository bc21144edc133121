// Brings files to a form that has a page of its own for them: dropped or chosen, sent with progress.

import { fileWords, send } from "./sending.js";

function start() {
  const form = document.querySelector("[data-bring]");
  if (!form) return;
  const zone = form.querySelector("[data-drop]");
  const file = form.querySelector("input[type=file]");
  const limit = Number(form.dataset.limit ?? Infinity);

  function tell() {
    form.querySelector("[data-chosen]").textContent = file.files.length ? fileWords(file.files, limit) : "";
  }

  form.querySelector(".with-js").hidden = false;
  file.addEventListener("change", tell);
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form, form.action); });
  document.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  document.ondragleave = (event) => { if (!event.relatedTarget) zone.classList.remove("over"); };
  document.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const all = new DataTransfer();
    for (const each of [...event.dataTransfer.files].slice(0, file.multiple ? Infinity : 1)) all.items.add(each);
    if (!all.files.length) return;
    file.files = all.files;
    tell();
  };
}

start();
document.addEventListener("annals:refused", start);
