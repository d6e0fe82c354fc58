// The talk from page to page. Either side may begin; of two offers that cross, the polite side
// takes its own back ("perfect negotiation").

const CONNECT_WITHIN_MS = 8000;

// Events: `remote` (detail: the other side's stream), `state` (detail: connection state),
// `blocked` (no way from page to page was found in time).
export class Talk extends EventTarget {
  constructor({ send, polite, iceServers = [], stream = null }) {
    super();
    this.send = send;
    this.polite = polite;
    this.iceServers = iceServers;
    this.stream = stream;
    this.connection = null;
  }

  // The other page came (again): begin anew, so that no half-open connection is left.
  meet() {
    this.close();
    const connection = new RTCPeerConnection({ iceServers: this.iceServers });
    this.connection = connection;
    this.offering = false;
    this.ignoring = false;
    connection.addEventListener("track", (event) => {
      this.tell("remote", event.streams[0] ?? new MediaStream([event.track]));
    });
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) this.send({ candidate: candidate.toJSON() });
    });
    connection.addEventListener("connectionstatechange", () => {
      this.tell("state", connection.connectionState);
      if (connection.connectionState === "connected") clearTimeout(this.timer);
      if (connection.connectionState === "failed") connection.restartIce();
    });
    connection.addEventListener("negotiationneeded", () => this.offer(connection));
    for (const track of this.stream?.getTracks() ?? []) connection.addTrack(track, this.stream);
    this.timer = setTimeout(() => {
      if (connection.connectionState !== "connected") this.tell("blocked");
    }, CONNECT_WITHIN_MS);
  }

  async offer(connection) {
    try {
      this.offering = true;
      await connection.setLocalDescription();
      this.send({ description: connection.localDescription.toJSON() });
    } finally {
      this.offering = false;
    }
  }

  async hear({ description, candidate }) {
    const connection = this.connection;
    if (!connection) return;
    if (description) {
      const crossed =
        description.type === "offer" && (this.offering || connection.signalingState !== "stable");
      this.ignoring = !this.polite && crossed;
      if (this.ignoring) return;
      await connection.setRemoteDescription(description);
      if (description.type === "offer") {
        await connection.setLocalDescription();
        this.send({ description: connection.localDescription.toJSON() });
      }
    } else if (candidate) {
      try {
        await connection.addIceCandidate(candidate);
      } catch (error) {
        if (!this.ignoring) throw error;
      }
    }
  }

  close() {
    clearTimeout(this.timer);
    this.connection?.close();
    this.connection = null;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
