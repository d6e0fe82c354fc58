// Known customer numbers are offered while one is typed; any other number may be written.
import { ask, h } from "./dom.js";

const WAIT_MS = 150;

/** Watch the text box inside an element of the page, whenever Gradio puts it there. */
export function offerCustomers(elementId) {
  const list = h("datalist", { id: `${elementId}-known` });
  document.body.append(list);
  let waiting = null, asked = "";
  document.addEventListener("input", ({ target }) => {
    if (!target.closest(`#${elementId}`) || target.tagName !== "INPUT") return;
    target.setAttribute("list", list.id);
    target.setAttribute("autocomplete", "off");
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = target.value.trim();
      if (typed === asked) return;
      asked = typed;
      const known = await ask(`/customers?begins=${encodeURIComponent(typed)}`).catch(() => []);
      if (typed === asked) list.replaceChildren(...known.map((number) => h("option", { value: number })));
    }, WAIT_MS);
  });
}
