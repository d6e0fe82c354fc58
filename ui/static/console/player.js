// Replay: the recording beside everything that was found in it, on one clock.
import { ask, clock, h, page, texts } from "./dom.js";
import { cardList } from "./cards.js";
import { contours } from "./contours.js";
import { brokenOff } from "./ending.js";
import { evidenceRows } from "./evidence.js";
import { timeline } from "./timeline.js";
import { voices } from "./voices.js";

export async function mount(element, { props, watch }) {
  const t = await texts();
  const place = element.querySelector(".fs-place");
  const list = () => document.getElementById("case-list");
  let shown = null;

  async function open(sessionId) {
    shown?.close();
    shown = null;
    place.replaceChildren();
    list()?.classList.toggle("fs-away", Boolean(sessionId));
    const url = new URL(location.href);
    if (sessionId) url.searchParams.set("case", sessionId);
    else url.searchParams.delete("case");
    history.replaceState(null, "", url);
    if (!sessionId) return;
    try {
      const found = await ask(`/cases/${sessionId}?lang=${page.lang}`);
      shown = show(place, found, t, () => { props.value = ""; open(""); });
    } catch (error) {
      list()?.classList.remove("fs-away");
      place.replaceChildren(h("p", { role: "alert" }, error.message));
    }
  }
  watch("value", () => open(props.value));
  await open(props.value || new URL(location.href).searchParams.get("case"));
}

function show(place, found, t, goBack) {
  const report = found.report;
  const parts = found.media;
  let part = 0, wanted = null;
  const video = h("video", { class: "fs-video", preload: "metadata", "aria-label": t("player.recording"),
    playsinline: true });
  if (parts.length) load(0);
  const frame_s = 1 / 30;
  const duration = () => report?.duration_s || video.duration || 0;
  const here = () => video.currentTime + (parts[part]?.start_s ?? 0);
  const now = h("span", { class: "fs-time", role: "timer" }, clock(0, 2));
  const length = h("span", { class: "fs-soft" });
  const play = button(t("player.play"), () => (video.paused ? video.play() : video.pause()), "fs-main-button");
  const rate = h("select", { class: "fs-select", "aria-label": t("player.speed"),
    onchange: () => { video.playbackRate = Number(rate.value); } },
    [0.25, 0.5, 1, 1.5, 2].map((v) => h("option", { value: String(v), selected: v === 1 }, `${v}×`)));
  const officer = voices(found, t, video, here);
  const drawn = contours(found, t, video, () => parts[part]?.stream);
  const step = (frames) => {
    video.pause();
    // A moment into the frame: its first moment may be rounded into the one before.
    const next = drawn.nextFrame(frames);
    seek(next === null ? here() + frames * frame_s : (parts[part]?.start_s ?? 0) + next + 0.002);
  };

  // What was recorded in several parts lies on one clock: the part that holds a time is loaded.
  function load(n) {
    part = n;
    video.src = `${page.base}/cases/${found.session_id}/media/${parts[n].stream}`;
  }
  function seek(time) {
    const at = Math.max(0, Math.min(duration(), time));
    let n = parts.length - 1;
    while (n > 0 && parts[n].start_s > at) n -= 1;
    const inside = Math.max(0, at - (parts[n]?.start_s ?? 0));
    if (n !== part) { wanted = { at: inside, play: !video.paused }; load(n); }
    else if (video.readyState) video.currentTime = inside;
    else wanted = { at: inside, play: false };
  }
  // A recording of a browser says nothing of its length: looking for its end finds it.
  video.addEventListener("loadedmetadata", () => {
    if (video.duration === Infinity) video.currentTime = 1e7;
    else arrive();
  });
  video.addEventListener("durationchange", () => { if (video.duration !== Infinity && video.currentTime > video.duration - 0.01) { wanted ??= { at: 0, play: false }; arrive(); } });
  video.addEventListener("ended", () => {
    if (part + 1 < parts.length) { wanted = { at: 0, play: true }; load(part + 1); }
  });
  function arrive() {
    if (!wanted) return;
    const { at, play: goOn } = wanted;
    wanted = null;
    video.currentTime = at;
    if (goOn) video.play();
  }
  function button(text, act, kind = "fs-button", title = null) {
    return h("button", { type: "button", class: kind, onclick: act, title }, text);
  }

  const cards = cardList(found, t, { seek: (time) => { video.pause(); seek(time); }, saveVerdict });
  async function saveVerdict(card, verdict, source) {
    await ask(`/cases/${found.session_id}/verdicts`, { method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kind: card.kind, item_id: card.id, verdict, source }) });
  }
  const lines = report ? timeline(report, t, { seek, openCard: cards.open }) : null;
  if (lines) {
    for (const { stream, start_s } of parts) {
      ask(`/cases/${found.session_id}/waveform/${stream}`).then((one) => lines.drawWaveform(one, start_s)).catch(() => {});
    }
  }

  place.replaceChildren(
    h("section", { class: "fs-case", tabindex: "-1", "aria-label": t("player.case") },
      h("div", { class: "fs-case-head" },
        button(t("player.back"), goBack, "fs-quiet"),
        h("h2", {}, found.customer ? t("player.customer", { customer: found.customer }) : t("player.no_customer")),
        h("span", { class: "fs-soft" }, new Date(found.created_at).toLocaleString(page.lang === "zh" ? "zh-CN" : "en-GB",
          { dateStyle: "medium", timeStyle: "short" })),
        report ? h("span", { class: "fs-chip" }, report.outcome_word) : null,
        found.decision ? h("span", { class: "fs-chip" }, t.of("decisions", found.decision)) : null,
        found.ended === "closed" ? null : h("span", { class: "fs-chip" }, t.of("statuses", found.ended)),
        h("span", { class: "fs-soft fs-push" }, found.status ? t("player.record", { status: t.of("statuses", found.status) }) : t("player.no_record"))),
      report || found.broken_off ? null : h("p", {}, t(found.status ? "player.no_report" : "player.no_record")),
      brokenOff(found.broken_off, t),
      found.erased.length ? h("p", {}, t("player.erased", { what: found.erased.map((c) => t.of("key_classes", c)).join(", ") })) : null,
      h("div", { class: "fs-two", hidden: !found.status },
        h("div", { class: "fs-left" },
          h("div", { class: "fs-screen" }, parts.length ? [video, drawn.canvas] : h("p", { class: "fs-soft" }, t("player.no_media"))),
          h("div", { class: "fs-row fs-controls", hidden: !parts.length }, play,
            button("−1", () => step(-1), "fs-button", t("player.frame_back")),
            button("+1", () => step(1), "fs-button", t("player.frame_on")), rate, now, length,
            h("span", { class: "fs-push" }), officer.toggle, officer.sound, drawn.said, drawn.toggle),
          lines?.element),
        h("div", { class: "fs-right" }, report ? cards.element : null,
          report ? checks(report, t) : null, evidence(found, t), consents(found, t), notes(found, t)))));

  const tellLength = () => { length.textContent = ` / ${clock(duration() < 1e6 ? duration() : null, 1)}`; };
  video.addEventListener("durationchange", tellLength);
  tellLength();
  video.addEventListener("play", () => { play.textContent = t("player.pause"); });
  video.addEventListener("pause", () => { play.textContent = t("player.play"); });
  video.addEventListener("error", () => { now.textContent = t("player.cannot_play"); });
  let told = -1, alive = true;
  (function follow() {
    if (!alive) return;
    officer.follow();
    if (here() !== told && !(video.currentTime > 1e6)) {
      told = here();
      now.textContent = clock(told, 2);
      lines?.at(told);
      cards.at(told);
    }
    requestAnimationFrame(follow);
  })();

  function keys(event) {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { " ": () => play.click(), k: () => play.click(), ArrowLeft: () => step(-1), ArrowRight: () => step(1),
      j: () => seek(here() - 5), l: () => seek(here() + 5),
      f: () => drawn.toggle.click(), n: () => cards.next(1), p: () => cards.next(-1), Escape: goBack }[event.key];
    if (!act || (event.key === " " && event.target.matches("button"))) return;
    event.preventDefault();
    act();
  }
  document.addEventListener("keydown", keys);
  // The bar at the top would lie over what a browser scrolls to.
  place.querySelector(".fs-case").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  return { close() { alive = false; officer.close(); drawn.close(); video.removeAttribute("src"); video.load(); document.removeEventListener("keydown", keys); } };
}

function checks(report, t) {
  return h("section", { class: "fs-card fs-small" }, h("h3", {}, t("player.checks")),
    h("ul", { class: "fs-plain" }, report.checks.map((check) => h("li", {},
      h("span", {}, check.label),
      h("span", { class: "fs-soft" }, check.status === "not_assessed"
        ? t("player.not_assessed", { reason: check.reason ?? "" })
        : check.found)))));
}

function evidence(found, t) {
  if (!found.evidence.length) return null;
  return h("section", { class: "fs-card fs-small" }, h("h3", {}, t("evidence.title")),
    h("ul", { class: "fs-plain" }, evidenceRows(found.evidence, t)));
}

function consents(found, t) {
  if (!found.consents.length) return null;
  return h("section", { class: "fs-card fs-small" }, h("h3", {}, t("consent.title")),
    h("ul", { class: "fs-plain" }, found.consents.map((one) => h("li", {},
      h("span", {}, t.of("consent_purposes", one.purpose)), h("span", { class: "fs-soft" }, t(`consent.${one.state}`))))));
}

function notes(found, t) {
  if (!found.notes.length) return null;
  return h("section", { class: "fs-card fs-small" }, h("h3", {}, t("player.notes")),
    h("ul", { class: "fs-plain" }, found.notes.map((note) =>
      h("li", {}, h("span", {}, note.text ?? note.label ?? ""),
        h("span", { class: "fs-soft" }, note.at_s === undefined ? "" : clock(note.at_s))))));
}
