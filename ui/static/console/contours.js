// The face's contours over the player: found on request, a second at a time, and not kept.
import { ask, h } from "./dom.js";
import { penOver } from "./overlay.js";

const CHUNK_S = 1;
const MOST_CHUNKS = 20;
const NEAR_S = 0.02;

/** {canvas, control, nextFrame(step), close}: `where()` says which stream is shown. */
export function contours(found, t, video, where) {
  const canvas = h("canvas", { class: "fs-overlay fs-contours", "aria-hidden": "true" });
  const said = h("span", { class: "fs-soft", role: "status" });
  const toggle = h("button", { type: "button", class: "fs-button", "aria-pressed": "true", title: t("player.landmarks_about"),
    onclick: () => { on = !on; toggle.setAttribute("aria-pressed", String(on)); show(); } }, t("player.landmarks"));
  const chunks = new Map();
  let on = true, alive = true, shown_s = null, lines = [];

  const here = () => shown_s ?? video.currentTime;
  const key = (n) => `${where()}/${n}`;

  /** Get a stretch; a stretch that was asked for is not asked for again. */
  function need(n) {
    const name = key(n);
    if (n < 0 || chunks.has(name)) return;
    const chunk = { frames: null };
    chunks.set(name, chunk);
    if (chunks.size > MOST_CHUNKS) chunks.delete(chunks.keys().next().value);
    ask(`/cases/${found.session_id}/contours/${name}`).then((answer) => {
      chunk.frames = answer.frames;
      lines = answer.lines;
      said.textContent = answer.why ? t(`player.landmarks_${answer.why}`) : "";
      if (answer.why) on = false;
      toggle.hidden = Boolean(answer.why);
      draw();
    }, () => chunks.delete(name));
  }

  function frameAt(time_s) {
    const frames = chunks.get(key(Math.floor(time_s / CHUNK_S)))?.frames;
    return frames?.find((frame) => Math.abs(frame.time_s - time_s) < NEAR_S) ?? null;
  }

  function draw() {
    const over = penOver(video, canvas);
    const points = on && over ? frameAt(here())?.points : null;
    if (!points) return;
    const { pen, fine, x, y } = over;
    let at = 0;
    pen.beginPath();
    for (const n of lines) {
      for (let i = 0; i < n; i += 1, at += 2) {
        if (i) pen.lineTo(x(points[at] / 1e4), y(points[at + 1] / 1e4));
        else pen.moveTo(x(points[at] / 1e4), y(points[at + 1] / 1e4));
      }
      pen.closePath();
    }
    for (const [width, colour] of [[3, "rgba(0, 0, 0, .35)"], [1.3, "rgba(255, 255, 255, .9)"]]) {
      pen.lineWidth = width * fine;
      pen.strokeStyle = colour;
      pen.stroke();
    }
  }

  function show() {
    if (!alive) return;
    if (on && where() && video.readyState > 1 && video.currentTime < 1e6) {
      const n = Math.floor(here() / CHUNK_S);
      need(n);
      if (here() % CHUNK_S > 0.6 * CHUNK_S || !video.paused) need(n + 1);
    }
    draw();
  }

  // The exact time of the picture that is on the screen, where the browser tells it.
  if (video.requestVideoFrameCallback) {
    const each = (_, about) => {
      if (!alive) return;
      shown_s = about.mediaTime;
      show();
      video.requestVideoFrameCallback(each);
    };
    video.requestVideoFrameCallback(each);
  }
  video.addEventListener("seeked", show);
  video.addEventListener("loadeddata", () => { shown_s = null; show(); });
  const sized = new ResizeObserver(draw);
  sized.observe(video);

  return {
    canvas, said, toggle,
    /** Time of the neighbouring frame in the stream, null where it is not known. */
    nextFrame(step) {
      const now = here(), n = Math.floor(now / CHUNK_S);
      const known = [n - 1, n, n + 1].flatMap((one) => chunks.get(key(one))?.frames ?? []).map((frame) => frame.time_s);
      const at = known.findIndex((time_s) => Math.abs(time_s - now) < NEAR_S);
      const next = at < 0 ? undefined : known[at + step];
      return next === undefined || Math.abs(next - now) > 0.5 ? null : next;
    },
    close() { alive = false; sized.disconnect(); },
  };
}
