// The upload form: files dropped or pasted, the content looked at while it changes, marks on its lines.

import { Editor } from "./editor.js";
import { fileWords, send } from "./sending.js";

const WAIT_MS = 250;
//: Smaller ones are sent as any form is.
const SEND_BYTES = 256 * 1024;
const SHOW_BYTES = 300_000;

function start() {
  const form = document.querySelector("[data-upload]");
  const zone = form.querySelector("[data-drop]");
  const file = form.querySelector("input[type=file]");
  const text = form.querySelector("textarea[name=text]");
  const typed = form.querySelector("[data-typed]");
  const held = form.querySelector("[data-file-text]");
  const chosen = form.querySelector("[data-chosen]");
  const hasFile = form.querySelector("[data-has-file]");
  const word = form.querySelector("[data-send] span");
  const sends = word?.textContent;
  const limit = Number(form.dataset.limit);
  const most = Number(form.dataset.lookLimit);
  const editor = new Editor(form.querySelector("[data-editor]"));
  let timer = 0, running = null, asked = "";

  function isForSeveral() {
    return file.files.length > 1 || /\.zip$/i.test(file.files[0]?.name ?? "");
  }

  function forgetKept() {
    for (const input of form.querySelectorAll("input[name=kept], input[name=kept_name]")) input.remove();
  }

  async function showFile() {
    const one = isForSeveral() ? null : file.files[0];
    const isKept = form.querySelector("input[name=kept]") !== null;
    typed.hidden = Boolean(file.files.length) || isKept;
    hasFile.hidden = !typed.hidden;
    if (one) {
      const shown = one.size <= SHOW_BYTES ? await one.text() : "";
      held.querySelector("textarea").value = shown;
      held.hidden = !shown;
    } else if (!isKept) {
      held.hidden = true;
    }
    editor.gutter.hidden = typed.hidden && held.hidden;
    editor.mark([]);
    editor.draw();
  }

  function tell() {
    if (word) word.textContent = isForSeveral() ? "Look at the plan" : sends;
    if (file.files.length) forgetKept();
    const one = file.files[0];
    if (!one) chosen.textContent = form.querySelector("input[name=kept]") ? chosen.textContent : "";
    else if (isForSeveral()) {
      chosen.textContent = `${file.files.length === 1 ? one.name : `${file.files.length} files`}: what would become of them is shown before anything is stored`;
    } else {
      chosen.textContent = fileWords(file.files, limit);
    }
    return showFile();
  }

  function take(files, goes) {
    if (!files.length) return false;
    const all = new DataTransfer();
    for (const each of files) all.items.add(each);
    file.files = all.files;
    text.value = "";
    form.querySelector("#source-file").checked = true;
    tell();
    if (isForSeveral()) { if (goes) form.requestSubmit(); } else soon(0);
    return true;
  }

  function isEmpty() {
    return !file.files.length && !text.value && !form.querySelector("input[name=kept]");
  }

  async function look() {
    if (isForSeveral() || (file.files[0]?.size ?? 0) > Math.min(most, limit) || text.value.length > most) return;
    const said = new FormData(form);
    const spelled = [...said].map(([name, value]) => `${name}=${value.name ?? value}${value.lastModified ?? ""}`).join("\n");
    if (spelled === asked || (asked === "" && isEmpty())) return;
    asked = spelled;
    running?.abort();
    const mine = running = new AbortController();
    document.querySelector("#look section").setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body: said, signal: mine.signal });
      if (!answer.ok) { asked = ""; return; }
      show(await answer.text());
    } catch (error) {
      // The header says that the node is gone; what was seen last stays.
      if (error.name !== "AbortError") asked = "";
    }
  }

  function show(html) {
    const part = new DOMParser().parseFromString(html, "text/html").querySelector(".look");
    if (!part) return;
    document.getElementById("look").replaceChildren(document.adoptNode(part));
    seen();
  }

  function seen() {
    const marks = [...document.querySelectorAll("#look [data-mark]")];
    editor.mark(marks.map((each) => ({ line: Number(each.dataset.line), kind: each.dataset.mark })));
    for (const each of document.querySelectorAll("[data-take-id]")) each.hidden = false;
  }

  function soon(wait) {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
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
    if (button.dataset.takeId) { form.elements.id.value = button.dataset.takeId; form.elements.id.focus(); soon(0); }
    if ("map" in button.dataset) {
      event.preventDefault();
      for (const { dataset } of document.querySelectorAll("#look [data-found]")) addRow(dataset);
      soon(0);
    }
    if ("dropFile" in button.dataset) {
      event.preventDefault();
      file.value = "";
      forgetKept();
      chosen.textContent = "";
      tell();
      text.focus();
      soon(0);
    }
  }

  function submit(event) {
    if (event.submitter?.name === "do") return;
    const size = [...file.files].reduce((sum, each) => sum + each.size, 0) || text.value.length;
    const address = isForSeveral() ? form.dataset.several : form.action;
    if (size < SEND_BYTES && !isForSeveral()) return;
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
  file.addEventListener("change", () => { text.value = ""; tell(); soon(0); });
  form.addEventListener("input", (event) => {
    if (event.target === file) return;
    if (event.target === text) { file.value = ""; forgetKept(); tell(); }
    soon(WAIT_MS);
  });
  form.addEventListener("click", click);
  form.addEventListener("submit", submit);
  document.onpaste = (event) => { if (take(event.clipboardData.files, false)) event.preventDefault(); };
  document.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  document.ondragleave = (event) => { if (!event.relatedTarget) zone.classList.remove("over"); };
  document.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (take(event.dataTransfer.files, true)) return;
    const pasted = event.dataTransfer.getData("text/plain");
    if (pasted) { text.value = pasted; text.dispatchEvent(new Event("input", { bubbles: true })); }
  };
  seen();
  // What a page that came back holds, or one that was refused.
  showFile();
  soon(0);
}

start();
document.addEventListener("annals:refused", () => { if (document.querySelector("[data-upload]")) start(); });
