// Says when the artifact on this page changed.

const about = document.querySelector("[data-artifact]").dataset;
const notice = document.querySelector("[data-newer]");

document.addEventListener("annals:changed", ({ detail }) => {
  const isOurs = ([group, artifact]) => artifact === about.artifact && (group ?? "default") === about.group;
  if (!detail.length || detail.some(isOurs)) notice.hidden = false;
});
