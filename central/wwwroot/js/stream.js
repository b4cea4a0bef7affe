// The live stream of the centre: connects, notices silence, connects again. A snapshot opens every connection,
// so nothing has to be remembered across them; the trends are back-filled from the history.

const SILENCE_MS = 10000;
const TYPES = ["snapshot", "values", "tags", "agents", "gap", "ping"];
const RETRY_MS = [300, 700, 1500, 3000, 5000];

export class Stream {
  #source = null;
  #heardAt = 0;
  #wallAt = 0;
  #tries = 0;
  #retry = 0;

  constructor(onMessage, onLost) {
    this.onMessage = onMessage;
    this.onLost = onLost;
    setInterval(() => this.#watch(), 1000);
  }

  connect() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#heardAt = performance.now();
    this.#wallAt = Date.now();
    const source = new EventSource("api/v1/live");
    this.#source = source;
    source.onerror = () => this.#fail(source);
    for (const type of TYPES) source.addEventListener(type, (e) => this.#take(source, type, e.data));
  }

  #take(source, type, data) {
    if (source !== this.#source) return;
    this.#heardAt = performance.now();
    this.#wallAt = Date.now();
    if (type === "snapshot") this.#tries = 0;
    this.onMessage(type, JSON.parse(data));
  }

  // Both clocks: the monotonic one may stand still while the machine sleeps.
  #watch() {
    const quiet = Math.max(performance.now() - this.#heardAt, Date.now() - this.#wallAt);
    if (this.#source && quiet > SILENCE_MS) this.#fail(this.#source, this.#wallAt);
  }

  #fail(source, since = Date.now()) {
    if (source !== this.#source) return;
    source.close();
    this.#source = null;
    this.onLost(since);
    this.#retry = setTimeout(() => this.connect(), RETRY_MS[Math.min(this.#tries++, RETRY_MS.length - 1)]);
  }
}
