// Small helpers that every script here shares. Text goes in as text, never as markup.

/** Make an element: h("p", {class: "note"}, "text", child). Null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The page's settings: {page, lang, base}. */
export const page = JSON.parse(document.querySelector('meta[name="facesign"]').content);

/** Fetch from the console; returns JSON or throws an Error with the server's line. */
export async function ask(path, options = {}) {
  const response = await fetch(page.base + path, options);
  if (response.status === 401) {
    location.assign(`${page.base}/login`);
    throw new Error("not signed in");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `${response.status}`);
  return answer;
}

let words = null;
/** The texts of the page's language, as a function: t("nav.replay", {n: 3}). */
export function texts() {
  words ??= ask(`/texts/${page.lang}`).then((flat) => {
    const t = (name, values = {}) =>
      (flat[name] ?? name).replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
    t.of = (group, code) => flat[`${group}.${code}`] ?? code;
    t.has = (name) => name in flat;
    return t;
  });
  return words;
}

/** 83.4 -> "1:23.4" */
export function clock(seconds, digits = 1) {
  if (seconds === null || seconds === undefined) return "–";
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return `${minutes}:${rest}`;
}
