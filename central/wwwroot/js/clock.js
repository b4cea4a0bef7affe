// The centre's time as the page knows it. Pure.
// A delayed message makes the centre look slow and values look fresher than they are,
// so the largest offset of the last minute counts: the one that travelled fastest.

const WINDOW_MS = 60000;

export class ServerClock {
  #heard = [];
  #offset = 0;

  hear(serverMs, localMs) {
    if (!Number.isFinite(serverMs)) return;
    this.#heard = this.#heard.filter((h) => localMs - h.at < WINDOW_MS && h.at <= localMs);
    this.#heard.push({ at: localMs, offset: serverMs - localMs });
    this.#offset = Math.max(...this.#heard.map((h) => h.offset));
  }

  /** After sleep or a stepped clock older offsets mean nothing. */
  forget() {
    this.#heard = [];
  }

  now(localMs) {
    return localMs + this.#offset;
  }
}
