// The bar at the top of every page: where one can go, who is signed in, language, theme.
import { ask, h, page, texts } from "./dom.js";

const t = await texts();
const who = await ask("/me");
const other = page.lang === "zh" ? "en" : "zh";

function link(name) {
  const here = name === page.page;
  return h("a", { href: `${page.base}/${page.lang}/${name}/`, "aria-current": here ? "page" : null },
    t(`nav.${name}`));
}

function isDark() {
  return document.documentElement.style.colorScheme === "dark";
}

function switchTheme() {
  localStorage.setItem("facesign-theme", isDark() ? "light" : "dark");
  location.reload();
}

const bar = h("header", { class: "fs-bar" },
  h("a", { class: "fs-skip", href: "#fs-main" }, t("nav.skip")),
  h("span", { class: "fs-brand" },
    h("img", { src: `${page.base}/static/console/icon.svg`, alt: "", width: "22", height: "22" }),
    t("app.name")),
  h("nav", { "aria-label": t("nav.pages") }, who.pages.map(link)),
  h("div", { class: "fs-bar-end" },
    h("button", { type: "button", class: "fs-quiet", onclick: switchTheme },
      isDark() ? t("nav.light") : t("nav.dark")),
    h("a", { href: `${page.base}/${other}/${page.page}/`, lang: other === "zh" ? "zh-CN" : "en" },
      other === "zh" ? "中文" : "English"),
    h("span", { class: "fs-who" }, `${who.name} · ${t.of("roles", who.role)}`),
    h("form", { method: "post", action: `${page.base}/logout` },
      h("button", { type: "submit", class: "fs-quiet" }, t("nav.sign_out")))));
document.body.prepend(bar);

// Gradio's own landmark is the main part of the page.
const settled = new MutationObserver(() => {
  const main = document.querySelector("gradio-app main, main");
  if (main && !main.id) main.id = "fs-main";
});
settled.observe(document.body, { childList: true, subtree: true });
