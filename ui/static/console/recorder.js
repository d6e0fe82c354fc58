// Record a voice, or read a file: level, hints, takes. Nothing is stored in the browser, and the
// console keeps takes in memory alone. What is sent: mono float32 samples at 16 kHz.
import { ask, h, page, texts } from "./dom.js";

const RATE_HZ = 16000;
const LONGEST_S = 60;
const LONGEST_FILE_S = 120;
const MOST_FILE_MB = 500;

export async function mount(element) {
  const t = await texts();
  const place = element.querySelector(".fs-place");
  const level = h("div", { class: "fs-level-fill" });
  const meter = h("div", { class: "fs-level", role: "meter", "aria-label": t("recorder.level"),
    "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" }, level);
  const hint = h("p", { class: "fs-hint", "aria-live": "polite" }, t("recorder.ready"));
  const time = h("span", { class: "fs-time" }, "0.0 s");
  const record = h("button", { type: "button", class: "fs-main-button", id: "record-button" },
    t("recorder.start"));
  const file = h("input", { type: "file", accept: "audio/*,video/*", id: "take-file", class: "fs-hidden" });
  const list = h("ol", { class: "fs-takes" });
  place.replaceChildren(
    h("section", { class: "fs-card", "aria-label": t("recorder.title") },
      h("h3", {}, t("recorder.title")),
      h("p", { class: "fs-soft" }, t("recorder.about")),
      meter,
      h("div", { class: "fs-row" }, record, time),
      hint,
      // The browser's own button speaks the browser's language.
      h("p", { class: "fs-choose" }, file, h("label", { for: "take-file", class: "fs-button" }, t("recorder.file"))),
      h("h4", {}, t("recorder.takes")), list));

  let running = null;
  const say = (text) => { hint.textContent = text; };

  function show(takes) {
    list.replaceChildren(...takes.map((take, i) => h("li", {},
      h("span", { class: "fs-take" },
        h("strong", {}, t("recorder.take", { n: i + 1, seconds: take.net_speech_s })),
        h("span", { class: "fs-soft" }, describe(take))),
      h("button", { type: "button", class: "fs-quiet", "aria-label": t("recorder.drop_n", { n: i + 1 }),
        onclick: async () => show(await ask(`/takes/${take.id}`, { method: "DELETE" })) },
        t("recorder.drop")))));
    if (!takes.length) list.replaceChildren(h("li", { class: "fs-soft fs-none" }, t("recorder.none")));
  }

  function describe(take) {
    const parts = [t("recorder.of", { seconds: take.duration_s }), t.of("channels", take.channel)];
    if (take.snr_db !== null) parts.push(t("recorder.snr", { db: take.snr_bound + take.snr_db }));
    return parts.concat(take.hints.map((code) => t.of("hints", code))).join(" · ");
  }

  async function send(samples) {
    say(t("recorder.listening"));
    try {
      await ask("/takes", { method: "POST", body: samples.buffer,
        headers: { "content-type": "application/octet-stream" } });
      say(t("recorder.added"));
    } catch (error) { say(error.message); }
    show(await ask("/takes"));
  }

  async function start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: {
        channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
    } catch (error) {
      say(t(error.name === "NotFoundError" ? "recorder.no_microphone" : "recorder.denied"));
      return;
    }
    const context = new AudioContext();
    await context.audioWorklet.addModule(`${page.base}/static/console/tap.js`);
    const tap = new AudioWorkletNode(context, "tap");
    const pieces = [];
    const begun = performance.now();
    let loudest = 0, loud = 0, n = 0;
    tap.port.onmessage = ({ data }) => {
      if (running?.context !== context) return;
      pieces.push(data);
      let peak = 0, sum = 0;
      for (const value of data) { peak = Math.max(peak, Math.abs(value)); sum += value * value; }
      const db = 10 * Math.log10(sum / data.length + 1e-10);
      const share = Math.max(0, Math.min(1, (db + 60) / 54));
      level.style.transform = `scaleX(${share})`;
      meter.setAttribute("aria-valuenow", String(Math.round(share * 100)));
      loudest = Math.max(loudest * 0.98, peak);
      loud = loud * 0.97 + (db > -45 ? 0.03 : 0);
      n += 1;
      const seconds = (performance.now() - begun) / 1000;
      if (n % 8 === 0) {
        time.textContent = `${seconds.toFixed(1)} s`;
        say(loudest > 0.98 ? t("recorder.too_loud") : seconds > 2 && loud < 0.08
          ? t("recorder.too_quiet") : t("recorder.speak"));
      }
      if (seconds >= LONGEST_S) stop();
    };
    context.createMediaStreamSource(stream).connect(tap);
    running = { stream, context, pieces };
    record.textContent = t("recorder.stop");
    record.setAttribute("aria-pressed", "true");
  }

  async function stop() {
    if (!running) return;
    const { stream, context, pieces } = running;
    running = null;
    stream.getTracks().forEach((track) => track.stop());
    const rate = context.sampleRate;
    await context.close();
    record.textContent = t("recorder.start");
    record.removeAttribute("aria-pressed");
    level.style.transform = "scaleX(0)";
    const samples = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) { samples.set(piece, at); at += piece.length; }
    if (samples.length) await send(await resampled(samples, rate));
  }

  record.addEventListener("click", () => (running ? stop() : start()));
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    const [chosen] = file.files;
    if (chosen.size > MOST_FILE_MB * 1e6) {
      say(t("recorder.too_large", { most: MOST_FILE_MB }));
      file.value = "";
      return;
    }
    const context = new AudioContext();
    try {
      const sound = await context.decodeAudioData(await chosen.arrayBuffer());
      if (sound.duration > LONGEST_FILE_S) {
        say(t("recorder.too_long", { seconds: Math.ceil(sound.duration), most: LONGEST_FILE_S }));
      } else await send(await resampled(mixed(sound), sound.sampleRate));
    } catch { say(t("recorder.unreadable")); }
    await context.close();
    file.value = "";
  });
  document.addEventListener("facesign-takes", async () => show(await ask("/takes")));
  show(await ask("/takes"));
}

function mixed(sound) {
  const samples = new Float32Array(sound.length);
  for (let c = 0; c < sound.numberOfChannels; c++) {
    const channel = sound.getChannelData(c);
    for (let i = 0; i < samples.length; i++) samples[i] += channel[i] / sound.numberOfChannels;
  }
  return samples;
}

async function resampled(samples, rate) {
  const offline = new OfflineAudioContext(1, Math.floor((samples.length / rate) * RATE_HZ), RATE_HZ);
  const buffer = offline.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(samples, 0);
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}
