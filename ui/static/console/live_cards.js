// Prompts and flags while an interview is under way: they come quietly and stay.
import { evidence, title } from "./cards.js";
import { clock, h } from "./dom.js";

export function liveCards(t) {
  const list = h("div", {});
  const count = h("h3", {});
  const news = h("p", { class: "fs-hidden", role: "status", "aria-live": "polite" });
  const element = h("section", { class: "fs-cards", "aria-label": t("cards.title") }, count, news, list);
  const made = new Map();

  function make(card) {
    const body = h("div", { class: "fs-card-body" }, evidence(card, t));
    const head = h("button", { type: "button", class: "fs-card-head", "aria-expanded": "true", onclick: () => {
      body.hidden = !body.hidden;
      head.setAttribute("aria-expanded", String(!body.hidden));
    } },
    h("span", { class: `fs-kind fs-kind-${card.kind}` }, t.of("kinds_of_card", card.kind)),
    h("strong", {}, title(card, t)), h("span", { class: "fs-soft" }, clock(card.start_s, 0)));
    return h("article", { class: "fs-card-item" }, head, body);
  }

  function show(state) {
    count.textContent = t("cards.count", { flags: state.cards.filter((c) => c.kind === "flag").length,
      prompts: state.cards.filter((c) => c.kind === "prompt").length });
    const keys = new Set();
    for (const card of state.cards) {
      const key = JSON.stringify([card.kind, card.start_s, card.title ?? card.ask, card.end_s, card.value]);
      keys.add(key);
      if (made.has(key)) continue;
      // The same moment, measured further: the card is renewed where it stands.
      const same = [...made.values()].find((one) => one.kind === card.kind && one.start === card.start_s && one.name === (card.title ?? card.ask));
      const fresh = { element: make(card), kind: card.kind, start: card.start_s, name: card.title ?? card.ask };
      if (same) {
        const shut = same.element.querySelector(".fs-card-body").hidden;
        if (shut) fresh.element.querySelector(".fs-card-head").click();
        same.element.replaceWith(fresh.element);
        for (const [old, one] of made) if (one === same) made.delete(old);
      } else {
        list.prepend(fresh.element);
        news.textContent = `${t.of("kinds_of_card", card.kind)}: ${title(card, t)}`;
      }
      made.set(key, fresh);
    }
    for (const [key, one] of made) {
      if (!keys.has(key)) {
        one.element.remove();
        made.delete(key);
      }
    }
  }
  return { element, show };
}
