// The last 60 seconds: who speaks, pauses, brief movements, gaze, blinks.
import { h } from "./dom.js";

const LANES = ["speech", "pauses", "movements", "gaze_away", "blinks"];
const LONG_S = 60;

export function strip(t) {
  const lanes = Object.fromEntries(LANES.map((name) => [name, h("div", { class: "fs-lane" })]));
  const element = h("section", { class: "fs-timeline fs-strip", "aria-label": t("strip.title") },
    h("div", { class: "fs-row fs-legend" }, h("strong", {}, t("strip.title")),
      h("span", { class: "fs-key fs-by-applicant" }, t("strip.applicant")),
      h("span", { class: "fs-key fs-by-officer" }, t("strip.officer")),
      h("span", { class: "fs-key fs-by-other" }, t("strip.other"))),
    h("div", { class: "fs-lanes" },
      h("div", { class: "fs-labels" }, LANES.map((name) => h("div", { class: "fs-lane-label" }, t(`strip.${name}`)))),
      h("div", {}, LANES.map((name) => lanes[name]))));

  function spansOf(found, name) {
    if (name === "movements") return found.movements?.map((one) => [one.onset_s, one.offset_s, "applicant", one.text, one.settled]);
    return found[name];
  }

  function show(state) {
    const found = state.strip;
    for (const name of LANES) {
      const spans = found && spansOf(found, name);
      const lane = lanes[name];
      lane.classList.toggle("fs-none", !spans);
      if (!spans) { lane.replaceChildren(h("span", { class: "fs-soft" }, found ? t("strip.not_assessed") : "")); continue; }
      const from = Math.max(0, state.time_s - LONG_S);
      lane.replaceChildren(...spans.filter(([, end]) => end > from).map(([start, end, subject, text, settled]) => {
        const mark = h("span", { class: `fs-span fs-by-${subject ?? "applicant"}${settled === false ? " fs-early" : ""}`, title: text ?? null });
        const left = Math.max(0, (start - from) / LONG_S);
        mark.style.left = `${left * 100}%`;
        mark.style.width = `${Math.max(0, Math.min(1, (end - from) / LONG_S) - left) * 100}%`;
        return mark;
      }));
    }
  }
  return { element, show };
}
