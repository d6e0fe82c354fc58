// The officer's side of a live interview, for the console's page: talk, relay, capture here.

import { Capture, socketUrl, wantedMedia } from "./capture.js";
import { RelayPlayer } from "./relay.js";
import { Talk } from "./talk.js";

export { Capture, RelayPlayer, Talk, socketUrl, wantedMedia };

// Follow the live state: `show` is called with each; returns what ends it.
export function followState({ base = "", sessionId, show, ended = () => {} }) {
  let over = false;
  let socket = null;
  const connect = () => {
    socket = new WebSocket(socketUrl(`${base}/live/${sessionId}/state`));
    socket.addEventListener("message", ({ data }) => show(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (over) return;
      if (code === 1000 || code >= 4000) ended(code);
      else setTimeout(connect, 1000);
    });
  };
  connect();
  return () => {
    over = true;
    socket.close(1000);
  };
}

// Talk with the applicant's page; `video` shows them, by relay where no way from page to page is
// found. `stream` is the officer's own camera and microphone, or null. Returns what ends it.
export async function talkToApplicant({ base = "", sessionId, video, stream, told = () => {} }) {
  const answer = await fetch(`${base}/live/${sessionId}/ice`);
  const iceServers = answer.ok ? await answer.json() : [];
  let over = false;
  let relay = null;
  let socket = null;
  const talk = new Talk({
    polite: false,
    iceServers,
    stream,
    send: (data) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(data)),
  });
  let remote = null;
  const direct = () => {
    if (!remote) return;
    relay?.close();
    relay = null;
    if (video.srcObject !== remote) video.srcObject = remote;
    video.play().catch(() => {});
    told("direct");
  };
  const relayed = () => {
    if (relay || over) return;
    video.srcObject = null;
    relay = new RelayPlayer({ url: `${base}/live/${sessionId}/relay`, video });
    told("relayed");
  };
  // A stream is there before anything flows in it: only a connection shows that a way was found,
  // and one that is found late takes over from the relay.
  talk.addEventListener("remote", ({ detail }) => {
    remote = detail;
    if (talk.connection?.connectionState === "connected") direct();
  });
  talk.addEventListener("blocked", relayed);
  talk.addEventListener("state", ({ detail }) => {
    if (detail === "connected") direct();
    if (detail === "failed") relayed();
  });
  const connect = () => {
    socket = new WebSocket(socketUrl(`${base}/live/${sessionId}/talk`));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.kind === "peer") {
        if (message.here) talk.meet();
        else talk.close();
      } else if (message.kind === "signal") talk.hear(message.data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (!over && code !== 1000 && code < 4000) setTimeout(connect, 1000);
    });
  };
  connect();
  return () => {
    over = true;
    talk.close();
    relay?.close();
    socket.close(1000);
  };
}

// Send the officer's own microphone beside what the applicant's page sends, so that it is known who
// speaks. `stream` is what the talk uses; its picture is not recorded. Returns what ends it.
export function recordVoice({ base = "", sessionId, stream }) {
  const sound = new MediaStream(stream.getAudioTracks());
  if (!sound.getAudioTracks().length) return () => {};
  const capture = new Capture({ url: `${base}/live/${sessionId}/voice`, stream: sound });
  if (capture.mime) capture.start();
  return () => capture.stop();
}

// The applicant sits at this computer: capture here. The stream is shown in `video`, muted.
export async function captureHere({ base = "", sessionId, video = null }) {
  const stream = await navigator.mediaDevices.getUserMedia(wantedMedia());
  if (video) {
    video.srcObject = stream;
    video.muted = true;
    video.play().catch(() => {});
  }
  const capture = new Capture({ url: `${base}/live/${sessionId}/media`, stream });
  capture.start();
  return {
    capture,
    stream,
    end() {
      capture.stop();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}
