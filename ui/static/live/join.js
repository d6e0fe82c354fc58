// The applicant's page: consent, camera check, interview, end. Text goes in by textContent only.

import { Capture, Level, bestMime, socketUrl, wantedMedia } from "./capture.js";
import { Talk } from "./talk.js";

const PURPOSES = ["recording", "face", "voice", "behaviour", "search"];
const ENDED = ["review", "closed", "interrupted", "abandoned", "rescheduled"];
const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const here = window.location.pathname.replace(/\/$/, "");

const texts = {};
const page = {
  lang: "zh",
  langChosen: false, // Whether the applicant changed it: what the officer chose no longer counts.
  step: "welcome",
  problem: root.dataset.problem,
  state: null,
  stream: null,
  capture: null,
  talk: null,
  level: null,
  iceServers: [],
};

function text(name, values = {}) {
  const template = texts[page.lang]?.[name] ?? name;
  return template.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

async function post(path, body = {}) {
  const answer = await fetch(`${here}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const values = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(values.error), { code: values.code });
  return values;
}

function show(step) {
  if (page.step !== step) window.scrollTo(0, 0);
  page.step = step;
  draw();
}

function fail(problem) {
  page.problem = problem;
  leave();
  show("problem");
}

function draw() {
  root.lang = page.lang;
  document.title = text("brand");
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  byId("lang").textContent = text("other_lang");
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = section.id !== `step-${page.step}`;
  }
  if (page.step === "problem") byId("problem-why").textContent = text(`problem_${page.problem}`);
  if (page.step === "consent") drawPurposes();
  drawState();
}

function drawPurposes() {
  const list = byId("purposes");
  const chosen = new Set([...list.querySelectorAll("input:checked")].map((input) => input.name));
  list.replaceChildren();
  for (const purpose of PURPOSES) {
    const row = document.createElement("div");
    row.className = "purpose";
    const label = document.createElement("label");
    label.htmlFor = `purpose-${purpose}`;
    label.textContent = text(`purpose_${purpose}`);
    const input = document.createElement("input");
    Object.assign(input, { type: "checkbox", id: label.htmlFor, name: purpose });
    input.setAttribute("role", "switch");
    input.setAttribute("aria-describedby", `what-${purpose}`);
    input.checked = chosen.has(purpose);
    const what = document.createElement("p");
    what.id = `what-${purpose}`;
    what.textContent = text(`purpose_${purpose}_what`);
    row.append(label, input, what);
    list.append(row);
  }
}

function drawState() {
  const state = page.state;
  byId("sign").hidden = !(page.step === "live" && page.capture?.recorder && state?.paused === null);
  if (!state || page.step === "problem") return;
  const { question, paused } = state;
  byId("question").textContent = question ? question.text[page.lang] : text("question_wait");
  byId("question-count").textContent = question
    ? text("question_count", { index: question.index + 1, n: question.n })
    : "";
  byId("paused").hidden = paused === null;
  byId("paused-why").textContent = paused ? text(`paused_${paused}`) : "";
  byId("pause").textContent = text(paused === "applicant" ? "resume" : "pause");
  byId("pause").disabled = paused === "officer";
  if (page.step === "end") drawEnd(state);
}

function drawEnd(state) {
  const how = { abandoned: "_stopped", interrupted: "_interrupted", rescheduled: "_rescheduled" };
  byId("end-title").textContent = text(`end_title${how[state.stage] ?? ""}`);
  byId("reference").textContent = state.reference;
  const seconds = Math.round(state.time_s);
  const recorded = state.consents.recording !== undefined && seconds > 0;
  byId("end-what").textContent = text(recorded ? "end_what_recorded" : "end_what_nothing");
  byId("end-long").textContent = text("end_length", {
    minutes: Math.floor(seconds / 60),
    seconds: seconds % 60,
  });
}

function take(state) {
  page.state = state;
  if (ENDED.includes(state.stage) && page.step !== "problem") {
    leave();
    show("end");
    return;
  }
  drawState();
}

function leave() {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  page.capture?.stop();
  page.talk?.close();
  page.level?.close();
  page.capture = page.talk = page.level = null;
  for (const track of page.stream?.getTracks() ?? []) track.stop();
  page.stream = null;
}

async function open() {
  if (!window.isSecureContext || !navigator.mediaDevices) return fail("insecure");
  if (!bestMime()) return fail("browser");
  const opened = await post("open");
  page.iceServers = opened.ice_servers;
  if (!page.langChosen) page.lang = opened.lang;
  page.state = opened.state;
  if (ENDED.includes(opened.state.stage)) return show("end");
  meet();
  if (PURPOSES.some((purpose) => !(purpose in opened.state.consents))) return show("consent");
  return opened.state.consents.recording ? check() : show("consent");
}

async function agree() {
  const purposes = {};
  for (const input of byId("purposes").querySelectorAll("input")) purposes[input.name] = input.checked;
  page.state = await post("do/consent", { lang: page.lang, purposes });
  byId("consent-note").textContent = purposes.recording ? "" : text("consent_needs_recording");
  if (purposes.recording) await check();
}

async function check() {
  show("check");
  byId("denied").hidden = true;
  byId("begin").disabled = true;
  byId("check-note").textContent = text("check_waiting");
  try {
    page.stream = await navigator.mediaDevices.getUserMedia(wantedMedia());
  } catch {
    byId("check-note").textContent = "";
    byId("denied").hidden = false;
    byId("retry").focus();
    return;
  }
  for (const id of ["preview", "self"]) {
    byId(id).srcObject = page.stream;
    byId(id).play().catch(() => {});
  }
  let loudest = 0;
  page.level?.close();
  page.level = new Level(page.stream, (value) => {
    byId("level").value = value;
    loudest = Math.max(loudest, value);
    byId("check-note").textContent = loudest > 0.15 ? "" : text("check_silent");
  });
  byId("begin").disabled = false;
}

function begin() {
  page.level?.close();
  page.level = null;
  page.capture = new Capture({ url: `${here}/media`, stream: page.stream });
  page.capture.addEventListener("recording", drawState);
  page.capture.addEventListener("line", ({ detail }) => sayOfLine(detail ? null : "line_lost"));
  page.capture.addEventListener("device", () => {
    if (!page.stream) return;
    leave();
    check();
  });
  page.capture.addEventListener("closed", ({ detail }) => {
    if (page.step !== "live" || detail === 1000) return;
    if (detail >= 4000) again();
    else sayOfLine("line_refused");
  });
  page.capture.start();
  if (page.talk) {
    page.talk.stream = page.stream;
    if (page.peer) page.talk.meet();
  }
  show("live");
}

function sayOfLine(name) {
  const line = byId("line");
  line.hidden = name === null;
  if (name === null) return;
  line.dataset.text = name;
  line.textContent = text(name);
}

// The line is closed for good: say why.
async function again() {
  try {
    const opened = await post("open");
    take(opened.state);
  } catch (error) {
    fail(error.code ?? "unknown");
  }
}

function meet() {
  if (page.room) return;
  const socket = new WebSocket(socketUrl(`${here}/room`));
  page.room = socket;
  const send = (data) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(data));
  page.talk ??= new Talk({ polite: true, iceServers: page.iceServers, stream: page.stream });
  page.talk.send = send;
  page.talk.onremote ??= ({ detail }) => {
    byId("officer").srcObject = detail;
    byId("officer").play().catch(() => {});
    document.querySelector(".pictures").classList.add("both");
  };
  page.talk.addEventListener("remote", page.talk.onremote);
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (message.kind === "state") take(message);
    else if (message.kind === "peer") {
      page.peer = message.here;
      if (message.here && page.talk?.stream) page.talk.meet();
    } else if (message.kind === "signal") page.talk?.hear(message.data);
  });
  socket.addEventListener("close", ({ code }) => {
    page.room = null;
    if (code === 1000 || page.step === "end" || page.step === "problem") return;
    if (code >= 4000) again();
    else setTimeout(meet, 1000);
  });
}

// Runs an action of a button; what goes wrong is told, never swallowed.
function on(id, action) {
  byId(id).addEventListener("click", async () => {
    try {
      await action();
    } catch (error) {
      if (["unknown", "too_old", "away_too_long", "device", "ended"].includes(error.code)) {
        fail(error.code);
      } else {
        const note = document.querySelector(`#step-${page.step} .note`);
        if (note) {
          note.hidden = false;
          note.textContent = text("failed");
        }
      }
    }
  });
}

function offerToTakeBack() {
  const list = byId("take-back-list");
  list.replaceChildren();
  for (const purpose of PURPOSES) {
    if (!page.state?.consents[purpose]) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.purpose = purpose;
    button.textContent = text("withdraw_one", { purpose: text(`purpose_${purpose}`) });
    button.addEventListener("click", async () => {
      button.disabled = true;
      take(await post("do/withdraw", { purpose }));
      button.textContent = text("withdraw_done", { purpose: text(`purpose_${purpose}`) });
    });
    const row = document.createElement("p");
    row.append(button);
    list.append(row);
  }
  byId("take-back").showModal();
}

on("lang", () => {
  page.lang = page.lang === "zh" ? "en" : "zh";
  page.langChosen = true;
  draw();
});
on("open", open);
on("agree", agree);
on("retry", check);
on("begin", begin);
on("pause", async () => {
  take(await post(page.state.paused === "applicant" ? "do/resume" : "do/pause"));
});
on("withdraw", offerToTakeBack);
on("take-back-close", () => byId("take-back").close());
on("stop", () => byId("sure").showModal());
on("sure-no", () => byId("sure").close());
on("sure-yes", async () => {
  byId("sure").close();
  take(await post("do/stop"));
});

for (const lang of ["zh", "en"]) {
  const answer = await fetch(new URL(`texts.${lang}.json`, import.meta.url));
  texts[lang] = await answer.json();
}
page.lang = navigator.language?.toLowerCase().startsWith("zh") ? "zh" : "en";
show(page.problem ? "problem" : "welcome");
