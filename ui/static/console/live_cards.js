// What was found while an interview is under way: cards come quietly and stay where they are.
import { evidence, furtherPoints, title } from "./cards.js";
import { clock, h } from "./dom.js";

// Who may need help comes first, then what is to be reviewed, then what is worth asking.
const KINDS = ["protect", "flag", "prompt"];
const UNDER_WAY = ["created", "consent", "baseline", "questions"];

export function liveCards(t) {
  const lists = new Map(KINDS.map((kind) => [kind, h("div", {})]));
  const count = h("h3", {});
  const news = h("p", { class: "fs-hidden", role: "status", "aria-live": "polite" });
  const further = furtherPoints(t);
  const element = h("section", { class: "fs-cards", "aria-label": t("cards.title") }, count, news, ...lists.values(), further.element);
  const made = new Map();

  function make(kind) {
    const body = h("div", { class: "fs-card-body" });
    const head = h("button", { type: "button", class: "fs-card-head", "aria-expanded": "true", onclick: () => {
      body.hidden = !body.hidden;
      head.setAttribute("aria-expanded", String(!body.hidden));
    } });
    const one = { element: h("article", { class: "fs-card-item" }, head, body), told: "" };
    // The same moment, measured further: the card is renewed where it stands.
    one.tell = (card, over) => {
      const told = JSON.stringify(card);
      if (told === one.told && over === one.over) return;
      const open = over === one.over ? body.querySelector(".fs-rank")?.open ?? over : over;
      Object.assign(one, { told, over });
      head.replaceChildren(h("span", { class: `fs-kind fs-kind-${kind}` }, t.of("kinds_of_card", kind)),
        h("strong", {}, title(card, t)), h("span", { class: "fs-soft" }, clock(card.start_s, 0)));
      body.replaceChildren(...evidence(card, t, open).filter(Boolean));
    };
    return one;
  }

  function show(state) {
    count.textContent = t("cards.count", { flags: state.cards.filter((c) => c.kind === "flag").length,
      prompts: state.cards.filter((c) => c.kind === "prompt").length });
    const keys = new Set();
    for (const card of state.cards) {
      let key = card.kind === "protect" ? "protect" : JSON.stringify([card.kind, card.start_s, card.title ?? card.ask]);
      while (keys.has(key)) key += "+";
      keys.add(key);
      if (!made.has(key)) {
        made.set(key, make(card.kind));
        lists.get(card.kind).prepend(made.get(key).element);
        news.textContent = `${t.of("kinds_of_card", card.kind)}: ${title(card, t)}`;
      }
      made.get(key).tell(card, !UNDER_WAY.includes(state.stage));
    }
    for (const [key, one] of made) {
      if (!keys.has(key)) {
        one.element.remove();
        made.delete(key);
      }
    }
    further.show(state.further);
  }
  return { element, show };
}
