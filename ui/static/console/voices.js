// The officer's own microphone beside the recording: heard at the same time, however one came there.
import { h, page } from "./dom.js";

const MOST_OFF_S = 0.15;
const BEYOND_S = 1e6;

/** {toggle, follow, close}: `here()` is the player's time, `follow` is called again and again. */
export function voices(found, t, video, here) {
  const sound = new Audio();
  sound.preload = "auto";
  let heard = null, ready = false, on = true;
  const toggle = h("button", { type: "button", class: "fs-button", "aria-pressed": "true", hidden: !found.voices.length,
    title: t("player.officer_voice_about"), onclick: () => {
      on = !on;
      toggle.setAttribute("aria-pressed", String(on));
      sound.muted = !on;
    } }, t("player.officer_voice"));

  // A recording of a browser says nothing of its length: looking for its end finds it.
  sound.addEventListener("loadedmetadata", () => {
    if (sound.duration === Infinity) sound.currentTime = 1e7;
    else ready = true;
  });
  sound.addEventListener("durationchange", () => { ready = sound.duration < BEYOND_S; });

  function at(time) {
    let last = null;
    for (const one of found.voices) {
      if (one.start_s <= time && time < (one.until_s ?? Infinity)) last = one;
    }
    return last;
  }

  function follow() {
    const time = here();
    if (!found.voices.length || time > BEYOND_S) return;
    const wanted = at(time);
    if (wanted !== heard) {
      heard = wanted;
      ready = false;
      sound.pause();
      if (heard) sound.src = `${page.base}/cases/${found.session_id}/media/${heard.stream}`;
    }
    if (!heard || !ready || sound.seeking) return;
    const inside = time - heard.start_s;
    if (video.paused || video.seeking || inside >= sound.duration) {
      if (!sound.paused) sound.pause();
      return;
    }
    if (Math.abs(sound.currentTime - inside) > MOST_OFF_S) sound.currentTime = inside;
    if (sound.playbackRate !== video.playbackRate) sound.playbackRate = video.playbackRate;
    if (sound.paused) sound.play().catch(() => {});
  }

  return { toggle, follow, sound, close() { sound.pause(); sound.removeAttribute("src"); sound.load(); } };
}
