// The upload form: files dropped or pasted, a preview while the content changes, marks on its lines.

import { Editor } from "./editor.js";
import { fileWords, send } from "./upload_progress.js";

const WAIT_MS = 250;
// Smaller ones are sent like any form.
const SEND_BYTES = 256 * 1024;
const SHOW_BYTES = 300_000;

function start() {
  const form = document.querySelector("[data-upload]");
  const zone = form.querySelector("[data-drop]");
  const file = form.querySelector("input[type=file]");
  const text = form.querySelector("textarea[name=text]");
  const typedText = form.querySelector("[data-typed]");
  const fileText = form.querySelector("[data-file-text]");
  const fileLine = form.querySelector("[data-chosen]");
  const hasFile = form.querySelector("[data-has-file]");
  const sendLabel = form.querySelector("[data-send] span");
  const sendWords = sendLabel?.textContent;
  const limit = Number(form.dataset.limit);
  const previewLimit = Number(form.dataset.lookLimit);
  const editor = new Editor(form.querySelector("[data-editor]"));
  let timer = 0, running = null, previewedKey = "";

  function isBulkUpload() {
    return file.files.length > 1 || /\.zip$/i.test(file.files[0]?.name ?? "");
  }

  function discardRetained() {
    for (const input of form.querySelectorAll("input[name=kept], input[name=kept_name]")) input.remove();
  }

  async function showFile() {
    const single = isBulkUpload() ? null : file.files[0];
    const isRetained = form.querySelector("input[name=kept]") !== null;
    typedText.hidden = Boolean(file.files.length) || isRetained;
    hasFile.hidden = !typedText.hidden;
    if (single) {
      const shown = single.size <= SHOW_BYTES ? await single.text() : "";
      fileText.querySelector("textarea").value = shown;
      fileText.hidden = !shown;
    } else if (!isRetained) {
      fileText.hidden = true;
    }
    editor.gutter.hidden = typedText.hidden && fileText.hidden;
    editor.mark([]);
    editor.draw();
  }

  function describeFiles() {
    if (sendLabel) sendLabel.textContent = isBulkUpload() ? "Look at the plan" : sendWords;
    if (file.files.length) discardRetained();
    const single = file.files[0];
    if (!single) fileLine.textContent = form.querySelector("input[name=kept]") ? fileLine.textContent : "";
    else if (isBulkUpload()) {
      fileLine.textContent = `${file.files.length === 1 ? single.name : `${file.files.length} files`}: what would become of them is shown before anything is stored`;
    } else {
      fileLine.textContent = fileWords(file.files, limit);
    }
    return showFile();
  }

  function takeFiles(files, submits) {
    if (!files.length) return false;
    const transfer = new DataTransfer();
    for (const item of files) transfer.items.add(item);
    file.files = transfer.files;
    text.value = "";
    form.querySelector("#source-file").checked = true;
    describeFiles();
    if (isBulkUpload()) { if (submits) form.requestSubmit(); } else schedulePreview(0);
    return true;
  }

  function isEmpty() {
    return !file.files.length && !text.value && !form.querySelector("input[name=kept]");
  }

  async function preview() {
    if (isBulkUpload() || (file.files[0]?.size ?? 0) > Math.min(previewLimit, limit) || text.value.length > previewLimit) return;
    const fields = new FormData(form);
    const key = [...fields].map(([name, value]) => `${name}=${value.name ?? value}${value.lastModified ?? ""}`).join("\n");
    if (key === previewedKey || (previewedKey === "" && isEmpty())) return;
    previewedKey = key;
    running?.abort();
    const controller = running = new AbortController();
    document.querySelector("#look section").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body: fields, signal: controller.signal });
      if (!answer.ok) { previewedKey = ""; return; }
      showPreview(await answer.text());
    } catch (error) {
      // The header shows that the node is gone; the last preview stays.
      if (error.name !== "AbortError") previewedKey = "";
    }
  }

  function showPreview(html) {
    const part = new DOMParser().parseFromString(html, "text/html").querySelector(".look");
    if (!part) return;
    document.getElementById("look").replaceChildren(document.adoptNode(part));
    showMarks();
  }

  function showMarks() {
    const marks = [...document.querySelectorAll("#look [data-mark]")];
    editor.mark(marks.map((item) => ({ line: Number(item.dataset.line), kind: item.dataset.mark })));
    for (const item of document.querySelectorAll("[data-take-id]")) item.hidden = false;
  }

  function schedulePreview(wait) {
    clearTimeout(timer);
    timer = setTimeout(preview, wait);
  }

  function addRow(values) {
    const rows = form.querySelector("[data-reference-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    for (const name of ["name", "group", "artifact", "version"]) row.querySelector(`[name=ref_${name}]`).value = values[name];
    rows.lastElementChild.before(row);
    form.querySelector("[data-references]").open = true;
  }

  function click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.mark) editor.go(Number(button.dataset.line), Number(button.dataset.column));
    if (button.dataset.takeId) { form.elements.id.value = button.dataset.takeId; form.elements.id.focus(); schedulePreview(0); }
    if ("map" in button.dataset) {
      event.preventDefault();
      for (const { dataset } of document.querySelectorAll("#look [data-found]")) addRow(dataset);
      schedulePreview(0);
    }
    if ("dropFile" in button.dataset) {
      event.preventDefault();
      file.value = "";
      discardRetained();
      fileLine.textContent = "";
      describeFiles();
      text.focus();
      schedulePreview(0);
    }
  }

  function submit(event) {
    if (event.submitter?.name === "do") return;
    const size = [...file.files].reduce((sum, item) => sum + item.size, 0) || text.value.length;
    const address = isBulkUpload() ? form.dataset.several : form.action;
    if (size < SEND_BYTES && !isBulkUpload()) return;
    event.preventDefault();
    if (event.submitter?.name === "as") addField("as", event.submitter.value);
    send(form, address);
  }

  function addField(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }

  form.querySelector(".with-js").hidden = false;
  file.addEventListener("change", () => { text.value = ""; describeFiles(); schedulePreview(0); });
  form.addEventListener("input", (event) => {
    if (event.target === file) return;
    if (event.target === text) { file.value = ""; discardRetained(); describeFiles(); }
    schedulePreview(WAIT_MS);
  });
  form.addEventListener("click", click);
  form.addEventListener("submit", submit);
  document.onpaste = (event) => { if (takeFiles(event.clipboardData.files, false)) event.preventDefault(); };
  document.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  document.ondragleave = (event) => { if (!event.relatedTarget) zone.classList.remove("over"); };
  document.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (takeFiles(event.dataTransfer.files, true)) return;
    const pasted = event.dataTransfer.getData("text/plain");
    if (pasted) { text.value = pasted; text.dispatchEvent(new Event("input", { bubbles: true })); }
  };
  showMarks();
  // A page from the history, or one with errors, has content already.
  showFile();
  schedulePreview(0);
}

start();
document.addEventListener("annals:refused", () => { if (document.querySelector("[data-upload]")) start(); });
