// The timeline under the player: waveform, lanes, curves, one playhead, on one zoomable axis.
import { clock, h } from "./dom.js";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];

export function timeline(report, t, { seek, openCard }) {
  const duration = Math.max(report.duration_s, 0.1);
  const cards = new Map(report.cards.map((card) => [card.id, card]));
  const head = h("div", { class: "fs-playhead" });
  const wave = h("canvas", { class: "fs-wave", height: "44", role: "img", "aria-label": t("timeline.waveform") });
  const rows = h("div", { class: "fs-rows" });
  const inner = h("div", { class: "fs-inner" }, h("div", { class: "fs-ticks" }), wave, rows, head);
  const scroll = h("div", { class: "fs-scroll", tabindex: "0", "aria-label": t("timeline.title") }, inner);
  const labels = h("div", { class: "fs-labels", "aria-hidden": "true" }, h("div", { class: "fs-tick-label" }),
    h("div", { class: "fs-wave-label" }, t("timeline.sound")));
  const zoom = h("input", { type: "range", min: "0", max: "5", step: "0.25", value: "0", "aria-label": t("timeline.zoom"),
    oninput: () => { widen(2 ** Number(zoom.value)); } });
  const speech = report.lanes.find((lane) => lane.name === "speech");
  let peaks = null, time = 0;

  for (const lane of report.lanes) {
    labels.append(h("div", { class: "fs-lane-label" }, lane.label));
    rows.append(h("div", { class: `fs-lane fs-lane-${lane.name}` }, lane.spans.map((span) => mark(lane, span))));
  }
  for (const curve of report.curves) {
    labels.append(h("div", { class: "fs-lane-label" }, curve.label));
    rows.append(h("div", { class: "fs-lane fs-curve" }, drawCurve(curve)));
  }

  function mark(lane, span) {
    const left = (span.start_s / duration) * 100;
    const width = ((span.end_s - span.start_s) / duration) * 100;
    const style = `left:${left.toFixed(4)}%;width:${width.toFixed(4)}%`;
    const title = `${describe(lane, span)}, ${clock(span.start_s)} – ${clock(span.end_s)}`;
    const kind = `fs-span fs-by-${span.subject ?? "applicant"}`;
    const isCard = cards.has(span.ref);
    const act = () => { seek(span.start_s); if (isCard) openCard(span.ref); };
    const button = h("button", { type: "button", class: kind, title, "aria-label": title, tabindex: isCard || lane.name === "question" ? "0" : "-1", onclick: act });
    button.style.cssText = style;
    return button;
  }

  function describe(lane, span) {
    if (lane.name === "question") return report.questions.find((one) => one.id === span.ref)?.text ?? lane.label;
    if (lane.name === "speech") return `${lane.label}: ${report.subjects[span.subject] ?? span.subject ?? ""}`;
    const card = cards.get(span.ref);
    if (card) return card.title ?? card.ask?.[0] ?? lane.label;
    if (lane.name === "movement") {
      const one = report.movements.find((it) => Math.abs(it.start_s - span.start_s) < 0.02);
      if (one) return `${lane.label}: ${one.text}`;
    }
    return lane.label;
  }

  function drawCurve(curve) {
    const known = curve.values.filter((value) => value !== null);
    const low = Math.min(...known), high = Math.max(...known), range = high - low || 1;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${curve.values.length} 100`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    let drawing = "", pen = false;
    curve.values.forEach((value, i) => {
      if (value === null) { pen = false; return; }
      drawing += `${pen ? "L" : "M"}${i + 0.5} ${(94 - (88 * (value - low)) / range).toFixed(1)}`;
      pen = true;
    });
    path.setAttribute("d", drawing);
    path.setAttribute("vector-effect", "non-scaling-stroke");
    svg.append(path);
    return svg;
  }

  function widen(factor) {
    inner.style.width = `${factor * 100}%`;
    const step = STEPS_S.find((s) => (s / duration) * scroll.clientWidth * factor >= 72) ?? 1800;
    const ticks = [];
    for (let at = 0; at <= duration; at += step) {
      const tick = h("span", {}, clock(at, 0));
      tick.style.left = `${(at / duration) * 100}%`;
      ticks.push(tick);
    }
    inner.querySelector(".fs-ticks").replaceChildren(...ticks);
    drawPeaks();
    follow();
  }

  function drawPeaks() {
    if (!peaks) return;
    const width = Math.min(inner.clientWidth, 16000);
    wave.width = width;
    const pen = wave.getContext("2d");
    const style = getComputedStyle(inner);
    const colours = { applicant: style.getPropertyValue("--fs-accent"), none: style.getPropertyValue("--fs-line") };
    colours.officer = colours.other = colours.session = style.getPropertyValue("--fs-soft");
    const spans = speech?.spans ?? [];
    let s = 0;
    for (let x = 0; x < width; x++) {
      const from = Math.floor((x / width) * duration * peaks.bins_per_s);
      const to = Math.max(from + 1, Math.floor(((x + 1) / width) * duration * peaks.bins_per_s));
      let peak = 0;
      for (let i = from; i < to && i < peaks.peaks.length; i++) peak = Math.max(peak, peaks.peaks[i] ?? 0);
      const at = (x / width) * duration;
      while (s < spans.length && spans[s].end_s < at) s++;
      const inside = s < spans.length && spans[s].start_s <= at;
      pen.fillStyle = inside ? colours[spans[s].subject ?? "applicant"] ?? colours.session : colours.none;
      const high = Math.max(1, (peak / 255) * 42);
      pen.fillRect(x, 22 - high / 2, 1, high);
    }
  }

  function follow() {
    head.style.left = `${(time / duration) * 100}%`;
    if (inner.clientWidth <= scroll.clientWidth + 1) return;
    const x = (time / duration) * inner.clientWidth;
    if (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = x - scroll.clientWidth / 3;
  }

  inner.addEventListener("click", (event) => {
    if (event.target.closest("button")) return;
    const box = inner.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * duration);
  });
  const element = h("section", { class: "fs-timeline", "aria-label": t("timeline.title") },
    h("div", { class: "fs-row fs-legend" },
      h("span", { class: "fs-key fs-by-applicant" }, report.subjects.applicant),
      h("span", { class: "fs-key fs-by-officer" }, report.subjects.officer),
      h("span", { class: "fs-key fs-by-other" }, report.subjects.other),
      h("label", { class: "fs-push fs-soft" }, t("timeline.zoom"), " ", zoom)),
    h("div", { class: "fs-lanes" }, labels, scroll));
  new ResizeObserver(() => widen(2 ** Number(zoom.value))).observe(scroll);
  return { element, at(seconds) { time = seconds; follow(); }, drawWaveform(found, start) {
      peaks ??= { bins_per_s: found.bins_per_s, peaks: [] };
      const first = Math.round(start * found.bins_per_s);
      found.peaks.forEach((peak, i) => { peaks.peaks[first + i] = peak; });
      drawPeaks();
    } };
}
