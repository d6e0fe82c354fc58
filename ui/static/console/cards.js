// Prompts and flags as quiet cards: what was seen, how far from usual, what to ask, the verdict.
import { clock, h, page } from "./dom.js";

const VERDICTS = ["confirmed", "rejected", "cannot_tell"];

/** One card's body: also used while an interview is under way, then with its ranking folded. */
export function evidence(card, t, open = true) {
  return [
    card.question ? h("p", { class: "fs-soft" }, t("cards.at_question", { question: card.question })) : null,
    card.meaning ? h("p", {}, card.meaning) : null,
    card.value ? h("p", { class: "fs-soft" }, card.threshold
      ? t("cards.value_threshold", { value: card.value, threshold: card.threshold })
      : t("cards.value", { value: card.value })) : null,
    card.seen.length ? h("ul", { class: "fs-seen" }, card.seen.map((one) => h("li", {},
      h("span", {}, one.what),
      h("span", { class: "fs-figure" }, one.why ?? one.now ?? ""),
      h("span", { class: "fs-soft" }, beside(one, t))))) : null,
    ranked(card, t, open),
    card.ask ? h("div", { class: "fs-ask" }, h("span", { class: "fs-soft" }, t("cards.ask")), card.ask.map((text) => h("p", {}, text))) : null,
    card.next ? h("p", { class: "fs-ask" }, h("span", { class: "fs-soft" }, t("cards.next")), card.next) : null,
    card.kind === "protect" ? h("p", { class: "fs-ask" }, h("span", { class: "fs-soft" }, t("cards.next")),
      t("cards.protect_next", { decision: t.of("decisions", "pause_and_protect") })) : null,
  ];
}

function beside(one, t) {
  return [one.when, one.usual ? t("cards.usual", { usual: one.usual }) : null,
    one.question_usual ? t("cards.question_usual", { usual: one.question_usual }) : null, one.parts].filter(Boolean).join(" · ");
}

// What a flag rests on, and how its rank comes about: everybody can add it up again.
function ranked(card, t, open) {
  if (!card.ranked?.length) return null;
  return h("details", { open, class: "fs-rank" }, h("summary", { class: "fs-soft" }, t("cards.ranked")),
    h("ol", { class: "fs-ranked" }, card.ranked.map((one) => h("li", {}, one.text,
      h("span", { class: "fs-soft fs-figure" }, one.told.join(" · "))))),
    h("p", { class: "fs-soft fs-total" }, t("cards.total", card.total),
      card.total.missing ? ` ${t("cards.total_missing", { families: card.total.missing })}` : null));
}

/** What fired and stands on no card: a quiet, folded list, {element, show(rows)}. */
export function furtherPoints(t) {
  const count = h("summary", {});
  const list = h("ul", { class: "fs-further" });
  const element = h("details", { class: "fs-card fs-small", hidden: true }, count,
    h("p", { class: "fs-soft" }, t("cards.further_about")), list);
  let told = "[]";
  function show(rows) {
    if (JSON.stringify(rows) === told) return;
    told = JSON.stringify(rows);
    element.hidden = !rows.length;
    count.textContent = t("cards.further", { n: rows.length });
    list.replaceChildren(...rows.map((one) => h("li", {}, one.text,
      h("span", { class: "fs-soft fs-figure" }, `${one.family} · ${one.when}`),
      h("span", { class: "fs-soft" }, `${t("cards.ask")}: ${one.ask}`))));
  }
  return { element, show };
}

export function title(card, t) {
  return card.title ?? (card.seen.length ? card.seen.map((one) => one.what).join(t("cards.join")) : t("cards.prompt"));
}

/** The list beside the player: {element, open(id), next(step), at(time)}. */
export function cardList(found, t, { seek, saveVerdict }) {
  const cards = [...(found.report?.cards ?? [])].sort((a, b) => a.start_s - b.start_s);
  const element = h("section", { class: "fs-cards", "aria-label": t("cards.title") });
  const made = new Map(cards.map((card) => [card.id, make(card)]));
  let opened = null;

  element.append(h("h3", {}, t("cards.count", { flags: cards.filter((c) => c.kind === "flag").length,
    prompts: cards.filter((c) => c.kind === "prompt").length })),
    ...(found.own_sessions ? [h("p", { class: "fs-soft", id: "own-sessions" }, found.own_sessions.readable
      ? t("cards.own_sessions", found.own_sessions) : t("cards.own_unreadable"))] : []),
    ...(cards.length ? [...made.values()].map((one) => one.element) : [h("p", { class: "fs-soft" }, t("cards.none"))]));
  const further = furtherPoints(t);
  further.show(found.report?.further ?? []);
  element.append(further.element);

  function make(card) {
    const head = h("button", { type: "button", class: "fs-card-head", "aria-expanded": "false", id: `card-${card.id}`,
      onclick: () => (opened === card.id ? shut() : open(card.id)) },
      h("span", { class: `fs-kind fs-kind-${card.kind}` }, t.of("kinds_of_card", card.kind)),
      h("strong", {}, title(card, t)),
      h("span", { class: "fs-soft" }, `${clock(card.start_s)} – ${clock(card.end_s)}`));
    const body = h("div", { class: "fs-card-body", hidden: true }, evidence(card, t).filter(Boolean),
      card.reliability ? h("p", { class: "fs-soft" }, t("cards.reliability", { level: card.reliability })) : null,
      card.kind === "protect" ? null : verdict(card));
    return { card, head, body, element: h("article", { class: "fs-card-item" }, head, body) };
  }

  function verdict(card) {
    const given = found.verdicts.filter((one) => one.kind === card.kind && one.item_id === card.id);
    const past = h("ul", { class: "fs-plain fs-verdicts" });
    const showPast = () => past.replaceChildren(...given.map((one) => h("li", {},
      h("span", {}, `${t.of("verdicts", one.verdict)}: ${one.source}`),
      h("span", { class: "fs-soft" }, `${one.by}, ${new Date(one.at).toLocaleDateString(page.lang === "zh" ? "zh-CN" : "en-GB")}`))));
    showPast();
    if (!found.may_judge) return h("div", {}, past);
    const name = `verdict-${card.kind}-${card.id}`;
    const source = h("input", { type: "text", class: "fs-input", maxlength: "500", required: true,
      placeholder: t("cards.source_hint"), "aria-label": t("cards.source") });
    const said = h("span", { role: "status", class: "fs-soft" });
    const form = h("form", { class: "fs-verdict", onsubmit: async (event) => {
      event.preventDefault();
      const word = new FormData(form).get(name);
      if (!word) { said.textContent = t("cards.choose"); return; }
      if (!source.value.trim()) { said.textContent = t("cards.source_needed"); source.focus(); return; }
      try {
        await saveVerdict(card, word, source.value.trim());
        given.push({ verdict: word, source: source.value.trim(), by: t("cards.you"), at: Date.now() });
        showPast();
        source.value = "";
        said.textContent = t("cards.kept");
      } catch (error) { said.textContent = error.message; }
    } },
    h("fieldset", {}, h("legend", {}, t("cards.verdict")), VERDICTS.map((word) => h("label", {},
      h("input", { type: "radio", name, value: word }), t.of("verdicts", word)))),
    source, h("div", { class: "fs-row" }, h("button", { type: "submit", class: "fs-button" }, t("cards.keep")), said));
    form.noValidate = true;
    return h("div", {}, past, form);
  }

  function shut() {
    const one = made.get(opened);
    if (one) { one.body.hidden = true; one.head.setAttribute("aria-expanded", "false"); }
    opened = null;
  }
  function open(id) {
    const one = made.get(id);
    if (!one) return;
    shut();
    opened = id;
    one.body.hidden = false;
    one.head.setAttribute("aria-expanded", "true");
    one.element.scrollIntoView({ block: "nearest" });
    seek(one.card.start_s);
  }
  function next(step) {
    if (!cards.length) return;
    const at = cards.findIndex((card) => card.id === opened);
    open(cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : (at + step + cards.length) % cards.length].id);
  }
  function at(time) {
    for (const { card, element: item } of made.values()) {
      item.classList.toggle("fs-now", time >= card.start_s && time <= card.end_s);
    }
  }
  return { element, open, next, at };
}
