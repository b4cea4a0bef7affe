// From the answer of the history to what the large trend draws. Pure. Times in seconds, as uPlot takes them.

import { parseTime, duration } from "./format.js";
import { staleAfter } from "./condition.js";
import { causeText } from "./summary.js";

const seconds = (text) => parseTime(text) / 1000;

/** Points with their time in seconds, in one shape for raw and buckets. */
export function prepare(history) {
  const bucket = history.resolution === "bucket";
  const points = history.points.map((p) => (bucket ? fromBucket(p) : fromRaw(p)));
  return { bucket, step: history.step_seconds ?? 0, from: seconds(history.from), to: seconds(history.to), points, gaps: (history.gaps ?? []).map(fromGap), versions: (history.versions ?? []).map(fromVersion) };
}

const fromRaw = (p) => ({ x: seconds(p.ts), y: p.q === "bad" ? null : p.value ?? null, min: null, max: null, q: p.q, why: p.why, text: p.text, value: p.value, count: 1 });

const fromBucket = (p) => ({ x: seconds(p.ts), y: p.mean ?? null, min: p.min ?? null, max: p.max ?? null, q: p.q, text: null, last: p.last, count: p.count });

const fromGap = (g) => ({ from: seconds(g.from), to: seconds(g.to), text: g.message || causeText(g.cause), cause: g.cause, samples: g.samples });

const fromVersion = (v) => ({ tag: v.tag, from: seconds(v.since), what: [v.type, v.unit].filter(Boolean).join(" in ") });

/** Silence longer than this many seconds breaks the line. */
export function breakAfter(data, info) {
  const limit = staleAfter(info);
  return limit === null ? Infinity : Math.max(limit, 2.5 * data.step);
}

const overlaps = (band, from, to) => band.from < to && band.to > from;

/** { x, line, max, min, at } for uPlot; `at` gives the point behind each index, null where the line is broken. */
export function toArrays(data, info) {
  const out = { x: [], line: [], max: [], min: [], at: [] };
  const limit = breakAfter(data, info);
  let before = null;
  for (const p of data.points) {
    if (before && (p.x - before.x > limit || data.gaps.some((g) => overlaps(g, before.x, p.x)))) push(out, (before.x + p.x) / 2, null);
    push(out, p.x, p);
    before = p;
  }
  return out;
}

function push(out, x, p) {
  out.x.push(x);
  out.line.push(p?.y ?? null);
  out.max.push(p?.max ?? null);
  out.min.push(p?.min ?? null);
  out.at.push(p);
}

/** Stretches without records that no gap explains, from the first record on until `to`. */
export function holes(data, info, from, to) {
  const limit = breakAfter(data, info);
  const edges = [...data.points.map((p) => p.x + data.step).filter((x) => x > from && x <= to + data.step), to];
  const list = [];
  for (let i = 1; i < edges.length; i++) {
    const [a, b] = [edges[i - 1], edges[i] - (i < edges.length - 1 ? data.step : 0)];
    if (b - a > limit && !data.gaps.some((g) => overlaps(g, a, b))) list.push({ from: a, to: b, text: `no records for ${duration(b - a)}, no gap told` });
  }
  return list;
}

/** Stretches whose quality is not good, neighbours of one reason joined. */
export function strips(data, info) {
  const limit = breakAfter(data, info);
  const width = data.step || info?.interval_seconds || 1;
  const list = [];
  data.points.forEach((p, i) => {
    if (p.q === "good") return;
    const next = data.points[i + 1];
    const to = next && next.x - p.x <= limit ? next.x : p.x + width;
    const last = list.at(-1);
    if (last && last.q === p.q && last.why === p.why && p.x <= last.to + 1e-6) last.to = to;
    else list.push({ from: p.x, to, q: p.q, why: p.why });
  });
  return list;
}

/** Takes a live value in at the right edge; what lies left of `from` is let go. */
export function takeLive(data, latest, from) {
  const x = latest.tsMs / 1000;
  const last = data.points.at(-1);
  if (last && x <= last.x && !data.bucket) return;
  if (!data.bucket) data.points.push(fromRaw(latest));
  else if (last && x < last.x + data.step) merge(last, latest);
  else data.points.push(startBucket(x - (last ? (x - last.x) % data.step : 0), latest));
  data.to = Math.max(data.to, x);
  const keep = data.points.findIndex((p) => p.x >= from);
  if (keep > 100) data.points.splice(0, keep - 1);
}

const rank = { good: 0, uncertain: 1, bad: 2 };

function startBucket(x, latest) {
  const y = latest.q === "bad" ? null : latest.value ?? null;
  return { x, y, min: y, max: y, q: latest.q, text: null, last: y, count: 1 };
}

function merge(bucket, latest) {
  if (rank[latest.q] > rank[bucket.q]) bucket.q = latest.q;
  if (latest.q === "bad" || typeof latest.value !== "number") return;
  bucket.y = bucket.y === null ? latest.value : (bucket.y * bucket.count + latest.value) / (bucket.count + 1);
  bucket.min = Math.min(bucket.min ?? Infinity, latest.value);
  bucket.max = Math.max(bucket.max ?? -Infinity, latest.value);
  bucket.last = latest.value;
  bucket.count++;
}
