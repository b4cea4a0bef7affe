// An agent's heartbeat and ledger as labelled sentences. Pure.

import { bytes, count, duration, moment, number, parseTime, plural } from "./format.js";
import { account } from "./ledger.js";
import { limits } from "./summary.js";

/** Fill of the outbox, 0 to 1, and the words beside the bar. */
export function fill(box) {
  const share = box?.cap_bytes > 0 ? Math.min(1, box.bytes / box.cap_bytes) : 0;
  const left = box?.hours_left >= 0 ? `, room for ${duration(box.hours_left * 3600)} without link` : "";
  const percent = share > 0 && share < 0.01 ? "<1" : Math.floor(share * 100);
  const level = share >= limits.fillBad ? "bad" : share >= limits.fillWarn ? "uncertain" : "good";
  return { share, level, text: box ? `${percent} % of ${bytes(box.cap_bytes)}${left}` : "not told" };
}

/** [label, text, condition] in the order a person at the screen asks for them. */
export function facts(view, gaps, nowMs) {
  const hb = view.heartbeat ?? {};
  return [...linkFacts(hb, nowMs), ...boxFacts(hb, nowMs), ...ledgerFacts(view, gaps), ...selfFacts(hb, nowMs)];
}

function linkFacts(hb, nowMs) {
  const link = hb.link ?? {};
  const late = link.lag_seconds > limits.lagSeconds;
  const since = link.since ? ` since ${moment(parseTime(link.since), nowMs)}` : "";
  return [
    ["Lag", link.lag_seconds >= 0 ? lagText(link.lag_seconds) : "\u2013", late ? "uncertain" : "good"],
    ["Link", `${link.up ? "up" : "down"}${since}${link.why ? ": " + link.why : ""}`, link.up ? "good" : "bad"],
    ["Durability", link.durability === "broker" ? "broker (a commit in the historian is not awaited)" : link.durability ?? "\u2013", "good"],
  ];
}

const lagText = (seconds) => (seconds < 10 ? number(seconds, 2) + " s" : duration(seconds));

function boxFacts(hb, nowMs) {
  const box = hb.outbox ?? {};
  const old = (nowMs - parseTime(box.oldest)) / 1000;
  const rate = hb.link?.backlog_rate > 0 ? `, sending ${number(hb.link.backlog_rate, 0)}/s` : "";
  const waiting = box.records > 0 ? `${plural(box.records, "record")}${Number.isFinite(old) ? `, oldest ${duration(old)} old` : ""}${rate}` : "nothing";
  const cost = `${box.storage ?? "ssd"}, writes ${bytes(box.bytes_per_hour ?? 0)} and ${plural(box.syncs_per_hour ?? 0, "sync")} an hour`;
  return [
    ["Waiting", waiting, old > limits.backlogSeconds && box.records > 0 ? "uncertain" : "good"],
    ["Storage", box.trouble ? `cannot write: ${box.trouble}` : cost, box.trouble ? "bad" : "good"],
  ];
}

function ledgerFacts(view, gaps) {
  const sum = account(view, gaps);
  return [
    ["Stored", plural(sum.stored, "record"), "good"],
    ["Dropped", sum.dropped ? `${plural(sum.dropped, "record")}, told by gaps` : "none", "good"],
    ["Refused", sum.dead ? `${plural(sum.dead, "record")}, kept as dead letters` : "none", sum.dead ? "uncertain" : "good"],
    ["Unexplained", sum.unexplained ? `${plural(sum.unexplained, "number")} missing` : "none", sum.unexplained ? "bad" : "good"],
  ];
}

function selfFacts(hb, nowMs) {
  const clock = hb.clock ?? "synchronised";
  const up = (nowMs - parseTime(hb.started)) / 1000;
  return [
    ["Clock", clock, clock === "synchronised" ? "good" : "uncertain"],
    ["Version", [hb.version, hb.platform].filter(Boolean).join(", ") || "\u2013", "good"],
    ["Running", Number.isFinite(up) ? `for ${duration(up)}` : "\u2013", "good"],
  ];
}

/** "1,200 scheduled: 1,190 good, 10 not good" of a device. */
export function deviceCounts(d) {
  const parts = [[d.good, "good"], [d.not_good, "not good"], [d.suppressed, "unchanged"], [d.missed, "missed"]];
  const told = parts.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
  return d.scheduled ? `${count(d.scheduled)} samples: ${told.join(", ") || "none yet"}` : "";
}
