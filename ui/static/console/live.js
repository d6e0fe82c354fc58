// The officer's live view: picture, identity, question, the last minute, prompts and flags.
// Everything that is shown comes over one socket; what the officer does goes by Gradio's events.
import { captureHere, recordVoice, socketUrl, talkToApplicant } from "../live/officer.js";
import { offerCustomers } from "./customers.js";
import { clock, h, page, texts } from "./dom.js";
import { consentPanel } from "./consent.js";
import { breakingOff, brokenOff, sureToEnd } from "./ending.js";
import { evidencePanel } from "./evidence.js";
import { clicksInOrder, inOrder } from "./in_order.js";
import { liveCards } from "./live_cards.js";
import { penOver } from "./overlay.js";
import { strip } from "./strip.js";

const KEYS = { n: "next", a: "asked", s: "skip", m: "mark", p: "pause", i: "identity_only" };

// What is answered by `fs-done`, see interview.py.
const IN_ORDER = new Set(["consent", "withdraw", "ask", "evidence", "break_off"]);

export async function mount(element, { props, watch, trigger: now }) {
  const queue = inOrder();
  const trigger = (name, data) => IN_ORDER.has(name) ? queue.run(() => now(name, data)) : now(name, data);
  const t = await texts();
  let view = null;
  sureToEnd("#do-end", () => view?.nOpen() ?? 0, t);
  clicksInOrder("#actions button", queue);
  document.addEventListener("fs-done", queue.done);
  const place = element.querySelector(".fs-place");
  function open(value) {
    view?.close();
    view = null;
    place.replaceChildren();
    document.body.dataset.stage = value ? "live" : "plan";
    if (value) view = show(place, JSON.parse(value), t, trigger);
  }
  watch("value", () => open(props.value));
  open(props.value);
  offerCustomers("plan-customer");
  document.addEventListener("keydown", (event) => {
    if (!view || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    const name = KEYS[event.key.toLowerCase()];
    if (!name || place.querySelector(".fs-before")) return;
    event.preventDefault();
    document.getElementById(`do-${name}`)?.click();
  });
}

function show(place, about, t, trigger) {
  const id = about.session_id;
  const video = h("video", { class: "fs-video", playsinline: true, autoplay: true, "aria-label": t("live.picture") });
  const overlay = h("canvas", { class: "fs-overlay", "aria-hidden": "true" });
  const own = h("video", { class: "fs-own", playsinline: true, autoplay: true, muted: true, "aria-label": t("live.own_picture"), hidden: true });
  const chart = strip(t);
  const cards = liveCards(t);
  const part = (name, tag = "div", { class: more = "", ...options } = {}) =>
    (parts[name] = h(tag, { class: `fs-${name} ${more}`.trim(), ...options }));
  const parts = {};
  let closing = [], talking = false, capturing = false, state = null, points = true;
  let trouble = null; // What is wrong at this computer, in one line; the state knows nothing of it.

  const consents = consentPanel(about, t, trigger);
  const evidence = evidencePanel(t, trigger);
  const ending = breakingOff(t, trigger);
  const toggle = h("button", { type: "button", class: "fs-quiet", "aria-pressed": "true", onclick: () => {
    points = !points;
    toggle.setAttribute("aria-pressed", String(points));
    draw();
  } }, t("live.overlay"));

  place.replaceChildren(h("section", { class: "fs-live", "aria-label": t("live.title") },
    h("div", { class: "fs-case-head" },
      h("h2", {}, t("player.customer", { customer: about.customer })), part("stage", "span", { role: "status" }),
      part("sign", "span"), part("clock", "span"), h("span", { class: "fs-push" }), part("line", "span", { role: "status" }), ending.button),
    ending.dialog,
    part("problem", "p", { role: "alert", hidden: true }),
    h("div", { class: "fs-two" },
      h("div", { class: "fs-left" },
        consents.element,
        h("div", { class: "fs-screen fs-live-screen" }, video, overlay, own),
        h("div", { class: "fs-row fs-under" }, part("hints", "div", { role: "status" }), toggle),
        part("ask", "section", { "aria-label": t("live.question") }),
        chart.element),
      h("div", { class: "fs-right" }, part("outcome", "section", { class: "fs-card fs-small", hidden: true }),
        part("identity", "section", { class: "fs-card fs-small", "aria-label": t("live.identity") }),
        cards.element,
        evidence.element,
        part("script", "section", { class: "fs-card fs-small", "aria-label": t("live.script") }),
        part("notes", "section", { class: "fs-card fs-small", "aria-label": t("player.notes"), hidden: true })))));

  function draw() {
    const over = penOver(video, overlay);
    if (!over || !points || !state?.overlay || state.lost_s !== null) return;
    over.pen.fillStyle = "rgba(255, 255, 255, .75)";
    for (const [x, y] of state.overlay.points) {
      over.pen.beginPath();
      over.pen.arc(over.x(x), over.y(y), 1.3 * over.fine, 0, 7);
      over.pen.fill();
    }
  }

  function told(next) {
    state = next;
    const before = document.body.dataset.stage;
    document.body.dataset.stage = state.stage === "review" ? "review"
      : ["closed", "interrupted", "abandoned", "rescheduled"].includes(state.stage) ? "over" : "live";
    const live = document.body.dataset.stage === "live";
    if (!live) letGo();
    if (before !== document.body.dataset.stage) window.scrollTo(0, 0);
    place.firstChild.classList.toggle("fs-ended", !live);
    place.firstChild.classList.toggle("fs-reviewing", state.stage === "review");
    place.firstChild.classList.toggle("fs-before", !live || state.stage === "created" || !state.consents.recording?.granted);
    parts.stage.textContent = t.of("statuses", state.stage);
    const receives = state.recording && !state.paused && state.lost_s === null;
    parts.sign.textContent = state.paused ? t(`live.paused_by_${state.paused}`) : receives ? t("live.recording") : "";
    parts.sign.classList.toggle("fs-on", receives);
    for (const name of ["next", "asked", "skip"]) document.getElementById(`do-${name}`).disabled = Boolean(state.paused);
    parts.clock.textContent = clock(state.time_s, 0);
    parts.line.textContent = lineWords();
    showProblem();
    parts.hints.replaceChildren(...hintWords().map((text) => h("span", { class: "fs-chip" }, text)));
    showIdentity();
    showQuestion();
    showScript();
    showNotes();
    showOutcome();
    ending.button.hidden = !["created", "consent", "baseline", "questions"].includes(state.stage);
    consents.show(state);
    evidence.show(state);
    cards.show(state);
    chart.show(state);
    draw();
    join();
  }

  function showProblem() {
    const problem = state.problem ?? trouble;
    parts.problem.hidden = !problem;
    if (problem && parts.problem.textContent !== problem) parts.problem.textContent = problem;
  }

  function lineWords() {
    const words = [];
    const live = document.body.dataset.stage === "live";
    if (live && state.lost_s !== null) words.push(t("live.lost", { seconds: Math.round(state.lost_s) }));
    else if (live && !about.here && !state.connected.applicant) words.push(t("live.waiting"));
    if (state.rate_hz !== null && state.recording && state.lost_s === null) words.push(t("live.rate", { rate: state.rate_hz }));
    if (!about.here && state.recording) words.push(t(state.officer_recorded ? "live.own_voice" : "live.own_voice_missing"));
    if (state.skipped.n) words.push(t("live.skipped", { share: (100 * state.skipped.share).toFixed(1) }));
    if (state.restoring) words.push(t("live.restoring", { seconds: Math.round(state.lag_s) }));
    return words.join(" · ");
  }

  function hintWords() {
    const wrong = state.quality.filter((one) => one.ok === false).map((one) => t.of("quality", one.code));
    if (state.lost_s !== null) return [];
    return wrong.length || !state.recording ? wrong : [t("live.quality_good")];
  }

  function showIdentity() {
    const it = state.identity;
    const rows = [[t.of("match", it.status), it.status === "listening"
      ? t("live.heard_of", { heard: it.net_speech_s, needed: it.needed_s }) : it.why ?? t.of("identity_why", it.reason ?? "")]];
    if (it.status === "listening" && it.why) rows.push([t("live.heard_apart"), it.why]);
    if (it.llr !== null) rows.push([t("live.llr"), it.llr.toFixed(2)]);
    if (it.point) rows.push([t("live.point"), t("live.point_value", { name: t.of("points", it.point), fmr: (100 * (it.fmr ?? 0)).toFixed(2) })]);
    if (it.continuity !== "whole") rows.push([t("live.continuity"), t.of("continuity", it.continuity)]);
    if (state.time_s > 0) rows.push([t("live.behaviour"), state.behaviour.on ? t("live.behaviour_on") : state.behaviour.why ?? t("live.behaviour_off")]);
    parts.identity.replaceChildren(h("h3", {}, t("live.identity")), h("ul", { class: "fs-plain" },
      rows.map(([name, value]) => h("li", {}, h("span", {}, name), h("span", { class: "fs-soft" }, value)))));
  }

  let asked = "";
  function showQuestion() {
    const one = state.question;
    const refused = state.stage === "consent" && state.consents.recording?.granted === false;
    const key = `${one ? `${one.id} ${one.phase}` : state.stage} ${state.paused} ${refused}`;
    if (key === asked) return;
    asked = key;
    parts.ask.classList.toggle("fs-idle", !one);
    const stage = refused ? "refused" : state.stage;
    const goOn = state.paused ? h("p", { class: "fs-soft", id: "go-on" }, t(`live.go_on_${state.paused}`)) : "";
    parts.ask.replaceChildren(goOn, ...(one ? [
      h("p", { class: "fs-soft" }, t("live.question_n", { index: one.index + 1, n: one.n, kind: t.of("kinds", one.kind) }),
        " · ", t(one.phase === "asking" ? "live.asking" : "live.answering")),
      h("p", { class: "fs-question" }, one.shown),
      one.follow_ups.length ? h("details", {}, h("summary", {}, t("live.follow_ups")), h("ul", {}, one.follow_ups.map((text) => h("li", {}, text)))) : null,
    ].filter(Boolean) : [h("p", { class: "fs-question fs-soft" }, t(stage === "baseline" || stage === "questions" ? "live.no_question" : `live.stage_${stage}`))]));
  }

  let listed = "";
  function showScript() {
    const key = [state.paused, ...state.questions.map((one) => one.state)].join();
    if (key === listed) return;
    listed = key;
    const list = h("ol", { class: "fs-script-list" }, state.questions.map((one) => h("li", { class: `fs-q-${one.state}` },
      h("button", { type: "button", class: "fs-quiet", "aria-current": one.state === "current" ? "step" : null, disabled: Boolean(state.paused),
        onclick: () => trigger("ask", { question: one.id }) }, one.text),
      h("span", { class: "fs-soft" }, t.of("question_states", one.state)))));
    const open = parts.script.querySelector("details")?.open ?? false;
    parts.script.replaceChildren(h("details", { open }, h("summary", {}, t("live.script")), list));
  }

  function showNotes() {
    const held = [...state.notes.map((one) => [one.at_s, one.text]), ...state.marks.map((one) => [one.at_s, one.label]),
      ...state.gaps.map((one) => [one.from_s, t("live.gap", { seconds: one.lost_s, reason: t.of("gaps", one.reason) })])].sort((a, b) => a[0] - b[0]);
    parts.notes.hidden = !held.length;
    if (parts.notes.childElementCount && parts.notes.dataset.n === String(held.length)) return;
    parts.notes.dataset.n = held.length;
    parts.notes.replaceChildren(h("h3", {}, t("player.notes")), h("ul", { class: "fs-plain" },
      held.map(([at, text]) => h("li", {}, h("span", {}, text), h("span", { class: "fs-soft" }, clock(at, 0))))));
  }

  function showOutcome() {
    const over = document.body.dataset.stage === "over";
    parts.outcome.hidden = !state.outcome && !over;
    if (parts.outcome.hidden) return;
    const missing = state.checks.filter((one) => one.status === "not_assessed");
    parts.outcome.replaceChildren(...[h("h3", {}, t("live.outcome")),
      h("p", {}, state.outcome ? state.outcome.word : t.of("statuses", state.stage)),
      ...brokenOff(state.broken_off, t),
      missing.length ? h("p", { class: "fs-soft" }, t("live.not_assessed", { what: missing.map((one) => one.label).join(t("cards.join")) })) : null,
      state.decision ? h("p", {}, t("live.decided", { decision: t.of("decisions", state.decision.decision), reason: state.decision.reason })) : null,
      over ? h("p", { class: "fs-row" },
        h("a", { class: "fs-button", href: `${page.base}/${page.lang}/replay/?case=${id}` }, t("live.to_replay")),
        h("button", { type: "button", class: "fs-button", onclick: () => trigger("leave", {}) }, t("live.leave"))) : null].filter(Boolean));
  }

  /** Let go of cameras, microphones and connections: nothing is seen or heard after the end. */
  function letGo() {
    closing.forEach((end) => end());
    closing = [];
    for (const one of [video, own]) one.srcObject = null;
    own.hidden = true;
  }

  // Pictures begin when they may: here after consent to recording, else when both pages are there.
  async function join() {
    if (document.body.dataset.stage !== "live") return;
    if (about.here && !capturing && Object.keys(state.consents).length && state.consents.recording?.granted) {
      capturing = true;
      try {
        const here = await captureHere({ base: page.base, sessionId: id, video });
        closing.push(() => here.end());
        here.capture.addEventListener("closed", ({ detail }) => {
          if (detail === 1000 || detail >= 4000) return;
          trouble = t("live.not_taken");
          showProblem();
        });
      } catch (error) {
        trouble = t(error.name === "NotAllowedError" ? "live.camera_denied" : "live.no_camera");
        showProblem();
      }
    }
    if (!about.here && !talking && state.connected.applicant) {
      talking = true;
      let stream = null;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
        own.srcObject = stream;
        own.hidden = false;
        closing.push(() => stream.getTracks().forEach((track) => track.stop()));
        closing.push(recordVoice({ base: page.base, sessionId: id, stream }));
      } catch { /* The applicant then hears and sees nothing of the officer; the interview goes on. */ }
      closing.push(await talkToApplicant({ base: page.base, sessionId: id, video, stream }));
    }
  }

  let socket = null, over = false;
  (function connect() {
    socket = new WebSocket(socketUrl(`${page.base}/interviews/${id}/state?lang=${page.lang}`));
    socket.addEventListener("message", ({ data }) => told(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (!over && code !== 1000 && code < 4000) setTimeout(connect, 1000);
    });
  })();
  video.addEventListener("resize", draw);
  const nOpen = () => document.body.dataset.stage === "live" ? state.questions.filter((one) => one.state === "open").length : 0;
  return { nOpen, close() { over = true; socket.close(1000); letGo(); } };
}
