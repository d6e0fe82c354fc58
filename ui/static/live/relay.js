// The other side's pieces in a video element, where the talk cannot go from page to page.

import { socketUrl } from "./capture.js";

const BEHIND_S = 1.5;
const KEEP_S = 30;

export class RelayPlayer {
  constructor({ url, video }) {
    this.url = socketUrl(url);
    this.video = video;
    this.waiting = [];
    this.over = false;
    this.connect();
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close(1000);
    this.video.removeAttribute("src");
  }

  connect() {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.begin(JSON.parse(data).mime);
      else this.take(data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (this.over || code === 1000 || code >= 4000) return;
      this.timer = setTimeout(() => this.connect(), 1000);
    });
  }

  // A new container begins: a source buffer of its own.
  begin(mime) {
    const source = new MediaSource();
    this.waiting = [];
    this.buffer = null;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(source);
    this.video.src = this.address;
    source.addEventListener("sourceopen", () => {
      this.buffer = source.addSourceBuffer(mime);
      this.buffer.addEventListener("updateend", () => this.follow());
      this.append();
    }, { once: true });
  }

  take(data) {
    this.waiting.push(data);
    this.append();
  }

  append() {
    if (this.buffer && !this.buffer.updating && this.waiting.length) {
      this.buffer.appendBuffer(this.waiting.shift());
    }
  }

  follow() {
    const { buffered } = this.buffer;
    if (buffered.length) {
      const start = buffered.start(0);
      const end = buffered.end(buffered.length - 1);
      if (this.video.currentTime < start || end - this.video.currentTime > BEHIND_S) {
        this.video.currentTime = Math.max(start, end - 0.2);
      }
      if (this.video.paused) this.video.play().catch(() => {});
      if (end - start > 2 * KEEP_S && !this.buffer.updating) {
        this.buffer.remove(start, end - KEEP_S);
        return;
      }
    }
    this.append();
  }
}
