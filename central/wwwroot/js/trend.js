// The last ten minutes of a tag in 120 buckets of five seconds: what the small trend draws. Pure.

import { parseTime } from "./format.js";

export const STEP_MS = 5000;
export const SLOTS = 120;
export const SPAN_MS = STEP_MS * SLOTS;

const rank = { good: 1, uncertain: 2, bad: 3 };

export class Trend {
  #stamp = new Float64Array(SLOTS).fill(-1);
  #min = new Float64Array(SLOTS);
  #max = new Float64Array(SLOTS);
  #quality = new Uint8Array(SLOTS);
  filled = false;

  add(tsMs, low, high, q) {
    const step = Math.floor(tsMs / STEP_MS);
    const slot = ((step % SLOTS) + SLOTS) % SLOTS;
    if (!Number.isFinite(step) || this.#stamp[slot] > step) return;
    if (this.#stamp[slot] < step) this.#clear(slot, step);
    const numeric = typeof low === "number" && typeof high === "number" && q !== "bad";
    if (numeric) this.#min[slot] = Math.min(this.#min[slot], low);
    if (numeric) this.#max[slot] = Math.max(this.#max[slot], high);
    this.#quality[slot] = Math.max(this.#quality[slot], rank[q] ?? 1);
  }

  #clear(slot, step) {
    this.#stamp[slot] = step;
    this.#min[slot] = Infinity;
    this.#max[slot] = -Infinity;
    this.#quality[slot] = 0;
  }

  /** Takes the answer of the history, raw or in buckets. */
  fill(history) {
    const raw = history.resolution === "raw";
    for (const p of history.points) this.add(parseTime(p.ts), raw ? p.value : p.min, raw ? p.value : p.max, p.q);
    this.filled = true;
  }

  /** Oldest first: { min, max, quality } or null where nothing is known. */
  read(nowMs) {
    const last = Math.floor(nowMs / STEP_MS);
    return Array.from({ length: SLOTS }, (_, i) => {
      const step = last - SLOTS + 1 + i;
      const slot = ((step % SLOTS) + SLOTS) % SLOTS;
      return this.#stamp[slot] === step ? { min: this.#min[slot], max: this.#max[slot], quality: this.#quality[slot] } : null;
    });
  }
}

export function range(cells) {
  let low = Infinity;
  let high = -Infinity;
  for (const c of cells) {
    if (!c || c.min > c.max) continue;
    low = Math.min(low, c.min);
    high = Math.max(high, c.max);
  }
  if (low > high) return null;
  const least = Math.max(Math.abs(low), Math.abs(high), 1e-9) * 0.002;
  const middle = (low + high) / 2;
  return high - low < least ? [middle - least / 2, middle + least / 2] : [low, high];
}
