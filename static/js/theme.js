// Runs before the page is drawn: the chosen theme, else the system's.
(() => {
  const root = document.documentElement;
  const names = { auto: "Auto", light: "Light", dark: "Dark" };
  const stored = () => {
    try { return localStorage.getItem("annals-theme") || "auto"; } catch { return "auto"; }
  };
  const show = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    const label = document.querySelector("[data-theme-name]");
    if (label) label.textContent = names[theme];
  };
  root.classList.add("has-js");
  show(stored());
  document.addEventListener("DOMContentLoaded", () => {
    show(stored());
    document.querySelector("[data-theme-toggle]").addEventListener("click", () => {
      const order = Object.keys(names);
      const next = order[(order.indexOf(stored()) + 1) % order.length];
      try { localStorage.setItem("annals-theme", next); } catch { /* private window: this page only */ }
      show(next);
    });
  });
})();
