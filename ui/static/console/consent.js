// Consent as it stands. At this computer the applicant decides here, in their own language, before
// anything is captured; on their own device they decide there, and this shows what they decided.
import { h, page } from "./dom.js";

const PURPOSES = ["recording", "face", "voice", "behaviour", "search"];
const LIVE = ["created", "consent", "baseline", "questions"];

export function consentPanel(about, t, trigger) {
  const element = h("section", { class: "fs-card fs-consent", "aria-label": t("consent.title") });
  let shown = "";

  function invitation() {
    const link = about.link;
    const anew = h("button", { type: "button", class: "fs-button", id: "invite-anew", onclick: () => trigger("invite", {}) }, t("consent.anew"));
    if (!link) return [h("h3", {}, t("consent.waiting")), h("p", { class: "fs-soft" }, t("consent.waiting_about")), anew];
    return [h("div", { class: "fs-invite" },
      link.qr ? h("img", { src: link.qr, alt: t("consent.qr"), width: "168", height: "168" }) : null,
      h("div", {}, h("h3", {}, t("consent.invite")), h("p", { class: "fs-soft" }, t("consent.invite_about")),
        link.problem ? h("p", { role: "note" }, t(`consent.${link.problem}`)) : null,
        h("p", {}, h("code", { class: "fs-link", id: "join-link" }, link.url)),
        h("button", { type: "button", class: "fs-button", onclick: async (event) => {
          await navigator.clipboard.writeText(link.url);
          event.target.textContent = t("consent.copied");
        } }, t("consent.copy")), " ", anew))];
  }

  // The applicant reads in their own language, and may choose the other one.
  async function askHere({ lang = about.lang, checked = [], refused = false } = {}) {
    const answer = await fetch(`${page.base}/static/live/texts.${lang}.json`);
    const words = await answer.json();
    const boxes = PURPOSES.map((purpose) => h("input", { type: "checkbox", id: `consent-${purpose}`, value: purpose,
      checked: checked.includes(purpose) }));
    const other = h("button", { type: "button", class: "fs-button", id: "consent-lang", lang: lang === "zh" ? "en" : "zh-CN", onclick: () =>
      askHere({ lang: lang === "zh" ? "en" : "zh", checked: boxes.filter((box) => box.checked).map((box) => box.value), refused }) }, words.other_lang);
    element.lang = lang === "zh" ? "zh-CN" : "en";
    element.replaceChildren(h("div", { class: "fs-row fs-consent-head" }, h("h3", {}, words.consent_title), other), h("p", {}, words.consent_intro),
      h("ul", { class: "fs-purposes" }, PURPOSES.map((purpose, i) => h("li", {}, boxes[i],
        h("label", { for: `consent-${purpose}` }, h("strong", {}, words[`purpose_${purpose}`]),
          h("span", { class: "fs-soft" }, words[`purpose_${purpose}_what`]))))),
      h("p", { class: "fs-soft" }, words.consent_more),
      refused ? h("p", { class: "fs-problem", role: "status", id: "consent-note" }, words.consent_needs_recording) : "",
      h("button", { type: "button", class: "fs-main-button", id: "consent-go", onclick: () =>
        trigger("consent", { lang, purposes: Object.fromEntries(boxes.map((box) => [box.value, box.checked])) }) }, words.consent_go));
  }

  function list({ consents, stage }) {
    const mayWithdraw = about.here && LIVE.includes(stage);
    return h("ul", { class: "fs-consents" }, PURPOSES.filter((purpose) => purpose in consents).map((purpose) => h("li", {},
      h("span", {}, t.of("consent_purposes", purpose)),
      consents[purpose].granted ? [h("span", { class: "fs-soft", "aria-hidden": "true" }, "✓"), h("span", { class: "fs-hidden" }, t("consent.granted"))]
        : h("span", { class: "fs-soft" }, t("consent.refused")),
      mayWithdraw && consents[purpose].granted ? h("button", { type: "button", class: "fs-quiet",
        "aria-label": t("consent.withdraw_one", { purpose: t.of("consent_purposes", purpose) }),
        onclick: () => trigger("withdraw", { purpose }) }, t("consent.withdraw")) : null)));
  }

  function show(state) {
    // Who decided and is away comes back by the same link, on another device by a new one.
    const away = !about.here && !state.connected.applicant && LIVE.includes(state.stage);
    const key = JSON.stringify([state.stage, state.connected.applicant, Object.entries(state.consents).map(([p, c]) => [p, c.granted])]);
    if (key === shown) return;
    shown = key;
    const given = Object.keys(state.consents).length;
    // Without a recording there is no interview: what was decided may be thought over.
    const begun = !["created", "consent"].includes(state.stage);
    const refused = !begun && state.consents.recording?.granted === false;
    const asks = about.here && !begun && (refused || !given);
    element.hidden = begun && !given;
    element.classList.toggle("fs-thin", given > 0 && !asks);
    element.removeAttribute("lang");
    if (asks) askHere({ refused, checked: PURPOSES.filter((purpose) => state.consents[purpose]?.granted) });
    else if (given) element.replaceChildren(list(state), ...(away ? invitation() : []));
    else if (state.connected.applicant) element.replaceChildren(h("h3", {}, t("consent.reading")), h("p", { class: "fs-soft" }, t("consent.reading_about")));
    else element.replaceChildren(...invitation());
  }
  return { element, show };
}
