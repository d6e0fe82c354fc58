// What other systems of the bank found: a small form, and what was entered as a list.
import { clock, h } from "./dom.js";

const KINDS = ["identity", "genuineness"];
const RESULTS = ["match", "no_match", "inconclusive"];
const TAKEN_IN = ["baseline", "questions", "review"];

/** Rows for what was found; also used for a recorded interview. */
export function evidenceRows(held, t) {
  return held.map((one) => h("li", {},
    h("span", {}, one.source, one.reference ? h("span", { class: "fs-soft" }, ` ${one.reference}`) : null),
    h("span", { class: "fs-soft" }, `${t.of("evidence_kinds", one.kind)}: ${t.of("evidence_results", `${one.kind}_${one.result}`)} · ${clock(one.time_s, 0)}`)));
}

export function evidencePanel(t, trigger) {
  const list = h("ul", { class: "fs-plain", id: "evidence-list" });
  const said = h("span", { role: "status", class: "fs-soft" });
  const source = field("source", h("input", { type: "text", class: "fs-input", maxlength: "200", list: "evidence-sources",
    placeholder: t("evidence.source_hint"), autocomplete: "off" }));
  const kind = field("kind", h("select", { class: "fs-select", onchange: nameResults },
    KINDS.map((code) => h("option", { value: code }, t.of("evidence_kinds", code)))));
  const result = field("result", h("select", { class: "fs-select" }));
  const reference = field("reference", h("input", { type: "text", class: "fs-input", maxlength: "200", autocomplete: "off" }));
  const sources = h("datalist", { id: "evidence-sources" },
    t("evidence.sources").split("|").map((text) => h("option", { value: text.trim() })));
  const form = h("form", { class: "fs-fields", onsubmit: send },
    h("p", { class: "fs-soft fs-wide" }, t("evidence.about")), sources, source.row, kind.row, result.row, reference.row,
    h("div", { class: "fs-row fs-wide" }, h("button", { type: "submit", class: "fs-button", id: "evidence-add" }, t("evidence.add")), said));
  const open = h("details", {}, h("summary", {}, t("evidence.title")), form);
  const element = h("section", { class: "fs-card fs-small", "aria-label": t("evidence.title"), hidden: true }, open, list);

  function field(name, input) {
    input.id = `evidence-${name}`;
    const wide = input.tagName === "INPUT" ? "fs-wide" : "";
    return { input, row: h("label", { for: input.id, class: wide }, h("span", { class: "fs-soft" }, t(`evidence.${name}`)), input) };
  }

  function nameResults() {
    const chosen = result.input.value;
    result.input.replaceChildren(...RESULTS.map((code) => h("option", { value: code, selected: code === chosen },
      t.of("evidence_results", `${kind.input.value}_${code}`))));
  }

  function send(event) {
    event.preventDefault();
    said.textContent = "";
    if (!source.input.value.trim()) { said.textContent = t("evidence.source_needed"); source.input.focus(); return; }
    trigger("evidence", { source: source.input.value.trim(), kind: kind.input.value, result: result.input.value,
      reference: reference.input.value.trim() });
    source.input.value = reference.input.value = "";
  }

  function show(state) {
    const taken = TAKEN_IN.includes(state.stage);
    element.hidden = !taken && !state.evidence.length;
    form.hidden = !taken;
    if (list.childElementCount !== state.evidence.length) list.replaceChildren(...evidenceRows(state.evidence, t));
  }
  nameResults();
  return { element, show };
}
