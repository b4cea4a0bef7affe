// Which stretch of time the large trend shows, and how zoom and pan move it. Pure. Milliseconds.

const SHORTEST_MS = 2000;
const LONGEST_MS = 366 * 86400000;

export const following = (rangeSeconds) => ({ range: rangeSeconds, from: null, to: null });

/** [from, to] now. */
export function bounds(window, nowMs) {
  return window.range ? [nowMs - window.range * 1000, nowMs] : [window.from, window.to];
}

export function fixed(from, to, nowMs) {
  const span = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, to - from));
  const middle = (from + to) / 2;
  const end = Math.min(middle + span / 2, nowMs + span * 0.05);
  return { range: null, from: end - span, to: end };
}

/** `factor` below 1 zooms in; `at` (0 to 1) stays where it is. A window that follows keeps doing so at its right edge. */
export function zoom(window, factor, at, nowMs) {
  const [from, to] = bounds(window, nowMs);
  const span = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (to - from) * factor));
  if (window.range && at > 0.95) return following(span / 1000);
  const pivot = from + (to - from) * at;
  return fixed(pivot - span * at, pivot + span * (1 - at), nowMs);
}

/** `share` of the width to the left (negative: into the past) or right. */
export function pan(window, share, nowMs) {
  const [from, to] = bounds(window, nowMs);
  const span = to - from;
  return fixed(from + span * share, to + span * share, nowMs);
}
