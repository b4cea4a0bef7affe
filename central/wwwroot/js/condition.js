// Can this value be believed now? good, uncertain, bad, stale or none (nothing heard yet). Pure.

import { duration } from "./format.js";

const AHEAD_SECONDS = 10;

export const words = { good: "good", uncertain: "UNCERTAIN", bad: "BAD", stale: "STALE", none: "NO VALUE" };

/** Seconds after which silence makes a value stale; null for tags that are pushed when they like. */
export function staleAfter(info) {
  if (info?.stale_after_seconds > 0) return info.stale_after_seconds;
  return info?.interval_seconds > 0 ? Math.max(5, 3 * info.interval_seconds) : null;
}

export function ageSeconds(tag, nowMs) {
  return tag.latest ? (nowMs - tag.latest.tsMs) / 1000 : NaN;
}

export function condition(tag, nowMs) {
  if (!tag.latest) return { cond: "none", why: "no record yet" };
  const limit = staleAfter(tag.info);
  const age = ageSeconds(tag, nowMs);
  const silent = tag.heardMs === null ? age : Math.max(age, (nowMs - tag.heardMs) / 1000);
  if (limit !== null && silent > limit) return { cond: "stale", why: "no record for " + duration(silent) };
  if (tag.latest.q === "bad") return { cond: "bad", why: tag.latest.why ?? "no reason given" };
  if (tag.latest.q === "uncertain") return { cond: "uncertain", why: tag.latest.why ?? "no reason given" };
  if (age < -AHEAD_SECONDS) return { cond: "uncertain", why: "time stamp lies ahead of the centre's clock" };
  return { cond: "good", why: "" };
}

/** The same, with the truth that without a link nothing is known to be fresh. */
export function shownCondition(tag, nowMs, linked) {
  const own = condition(tag, nowMs);
  return own.cond === "good" && !linked ? { cond: "stale", why: "no link" } : own;
}
