// The large trend in its dialog: what is shown, fetched, and followed live.

import { history } from "./api.js";
import { setText } from "./dom.js";
import { bounds, fixed, following, pan, zoom } from "./chart-window.js";
import { holes, prepare, strips, takeLive, toArrays } from "./chart-data.js";
import { createPlot, loadLibrary } from "./chart-plot.js";
import { forgetPatterns } from "./chart-paint.js";
import { keyGesture, watchGestures } from "./chart-gestures.js";
import { ChartHead } from "./chart-head.js";
import { labelOf, pointText } from "./chart-text.js";
import { writeHash } from "./hash.js";

const FETCH_AFTER_MS = 120;
const REFETCH_MS = 60000;
const DEFAULT_RANGE = 600;

export class ChartView {
  #plot = null;
  #data = null;
  #arrays = null;
  #window = following(DEFAULT_RANGE);
  #decor = { gaps: [], holes: [], strips: [] };
  #request = null;
  #timer = 0;
  #fetchedAt = 0;
  name = null;

  constructor(page, dialog) {
    this.page = page;
    this.dialog = dialog;
    this.area = dialog.querySelector("#plot");
    this.readout = dialog.querySelector("#readout");
    this.message = dialog.querySelector("#chart-message");
    this.act = { zoom: (f, at) => this.#move(zoom(this.#window, f, at, page.now())), pan: (s) => this.#move(pan(this.#window, s, page.now())), reset: () => this.#move(following(this.lastRange ?? DEFAULT_RANGE)) };
    this.head = new ChartHead(dialog, { range: (s) => this.#move(following(s)), ...this.act });
    dialog.addEventListener("close", () => this.#closed());
    dialog.addEventListener("keydown", (e) => keyGesture(e, this.act));
    new ResizeObserver(() => this.#resize()).observe(this.area);
    document.addEventListener("themechange", () => { forgetPatterns(); this.#plot?.redraw(false); });
  }

  /** Opens, or moves, to what the address asks for. */
  async open(wanted) {
    const other = wanted.tag !== this.name;
    this.#window = wanted.from ? fixed(wanted.from, wanted.to, this.page.now()) : following(wanted.range ?? this.lastRange ?? DEFAULT_RANGE);
    if (this.#window.range) this.lastRange = this.#window.range;
    this.name = wanted.tag;
    if (!this.dialog.open) this.dialog.showModal();
    if (other) this.#reset();
    this.refresh();
    await this.fetch();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  get #tag() {
    return this.page.state.tags.get(this.name);
  }

  get #info() {
    return this.#tag?.info ?? { type: "number" };
  }

  #reset() {
    this.#plot?.destroy();
    this.#plot = null;
    this.#data = null;
    this.readout.textContent = "";
  }

  #closed() {
    this.#request?.abort();
    clearTimeout(this.#timer);
    this.name = null;
    this.#reset();
    if (location.hash) globalThis.history.replaceState(null, "", location.pathname + location.search);
    this.page.chartClosed();
  }

  #move(next) {
    this.#window = next;
    if (next.range) this.lastRange = next.range;
    globalThis.history.replaceState(null, "", writeHash({ tag: this.name, ...next }));
    this.head.showWindow(next);
    this.#draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fetch(), FETCH_AFTER_MS);
  }

  /** Asks for what the window shows and as much again on each side, for panning. */
  async fetch() {
    if (!this.name) return;
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    const name = this.name;
    const [from, to] = bounds(this.#window, this.page.now());
    const span = to - from;
    try {
      const points = Math.min(6000, Math.max(400, Math.round(this.area.clientWidth * (devicePixelRatio || 1) * 2)));
      const [answer] = await Promise.all([history(name, from - span / 2, Math.min(to + span / 2, this.page.now() + 1000), points, request.signal), loadLibrary()]);
      if (name !== this.name) return;
      this.#take(answer);
    } catch (error) {
      if (error.name !== "AbortError") this.#say(this.page.linked ? error.message : "Connection lost: the trend comes back with the link");
    }
  }

  #take(answer) {
    this.#data = prepare(answer);
    this.#fetchedAt = performance.now();
    const tag = this.#tag;
    if (tag?.latest && this.#window.range) takeLive(this.#data, tag.latest, this.#data.from);
    this.#say(answer.truncated ? "More records than can be shown; zoom in to see all" : this.#data.points.length ? "" : "No records in this stretch");
    if (!this.#plot) this.#create();
    this.#shape();
    this.#draw();
  }

  #create() {
    const view = this;
    const size = { width: this.area.clientWidth, height: this.area.clientHeight };
    this.#plot = createPlot(this.area, size, {
      info: this.#info,
      label: (v) => labelOf(v, this.#info, this.#data),
      get decor() { return view.#decor; },
      onCursor: (index, x) => this.#read(index, x),
      onSelect: (from, to) => this.#move(fixed(from, to, this.page.now())),
    });
    watchGestures(this.#plot.over, this.act);
  }

  #shape() {
    const [, to] = bounds(this.#window, this.page.now());
    const data = this.#data;
    this.#arrays = toArrays(data, this.#info);
    this.#decor = { gaps: data.gaps, strips: strips(data, this.#info), holes: holes(data, this.#info, data.from, Math.min(to, this.page.now()) / 1000) };
  }

  #draw() {
    if (!this.#plot || !this.#data) return;
    const [from, to] = bounds(this.#window, this.page.now());
    const { x, line, max, min } = this.#arrays;
    this.#plot.batch(() => {
      this.#plot.setData([x, line, max, min], false);
      this.#plot.setScale("x", { min: from / 1000, max: to / 1000 });
    });
    this.head.showFacts(this.#data, from, to, this.page.now());
  }

  /** A live value of the tag that is shown. */
  live(tag) {
    if (tag.name !== this.name || !this.#data) return;
    takeLive(this.#data, tag.latest, this.#window.range ? (this.page.now() - this.#window.range * 1500) / 1000 : -Infinity);
  }

  /** Once a second: the window moves with the time, the head shows value and age. */
  refresh() {
    if (!this.name) return;
    this.head.refresh(this.#tag, this.name, this.page.now(), this.page.linked);
    this.head.showWindow(this.#window);
    if (!this.#data || !this.#window.range) return;
    if (this.#data.bucket && performance.now() - this.#fetchedAt > REFETCH_MS && this.page.linked) this.fetch();
    this.#shape();
    this.#draw();
  }

  #read(index, x) {
    if (x === null || index === null || index === undefined) return setText(this.readout, "");
    const band = [...this.#decor.gaps, ...this.#decor.holes].find((b) => x >= b.from && x <= b.to);
    const near = this.#arrays.at[index] ?? this.#arrays.at[index + 1] ?? this.#arrays.at[index - 1];
    setText(this.readout, pointText(near, band, this.#info, this.#tag?.decimals ?? 3, this.page.now(), this.#data.bucket, x));
  }

  #resize() {
    if (this.#plot) this.#plot.setSize({ width: this.area.clientWidth, height: this.area.clientHeight });
  }

  #say(text) {
    setText(this.message, text);
  }
}
