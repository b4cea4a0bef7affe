// Runs before the first paint: dark or light, as the system says or as chosen here.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("penstock-theme"); } catch { return null; } };
  const apply = () => {
    const theme = stored() ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("themechange"));
  };
  dark.addEventListener("change", apply);
  document.addEventListener("themetoggle", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("penstock-theme", next); } catch { /* without storage the choice ends with the page */ }
    document.documentElement.dataset.theme = next;
    document.dispatchEvent(new Event("themechange"));
  });
  if (new URLSearchParams(location.search).has("kiosk")) document.documentElement.dataset.kiosk = "";
  apply();
})();
