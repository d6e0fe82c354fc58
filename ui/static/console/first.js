// Before Gradio starts: its own words follow the page's language, its colours the chosen theme.
(() => {
  const meta = document.querySelector('meta[name="facesign"]');
  const { lang } = JSON.parse(meta.content);
  const tag = lang === "zh" ? "zh-CN" : "en";
  document.documentElement.lang = tag;
  Object.defineProperty(navigator, "language", { get: () => tag });
  Object.defineProperty(navigator, "languages", { get: () => [tag] });
  const chosen = localStorage.getItem("facesign-theme");
  const url = new URL(location.href);
  const dark = chosen
    ? chosen === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = dark ? "dark" : "light";
  document.documentElement.style.colorScheme = theme;
  if (url.searchParams.get("__theme") !== theme) {
    url.searchParams.set("__theme", theme);
    history.replaceState(null, "", url);
  }
})();
