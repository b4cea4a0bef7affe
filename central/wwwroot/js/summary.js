// The first line: what is not normal, and why. Pure.

import { condition, words } from "./condition.js";
import { account } from "./ledger.js";
import { parseTime, duration, plural, count, moment } from "./format.js";

export const limits = { lagSeconds: 10, backlogSeconds: 30, fillWarn: 0.5, fillBad: 0.8, gapOpenSeconds: 60 };

const rank = { bad: 0, stale: 1, uncertain: 2 };

/** One cause: `level` bad, stale or uncertain; `where` names device or agent; `tags` counts those concerned. */
export function causes(state, nowMs) {
  const silent = new Set([...state.agents.values()].filter((a) => a.state === "silent").map((a) => a.agent));
  const groups = tagCauses(state, nowMs, silent);
  const list = [
    ...[...state.agents.values()].flatMap((a) => agentCauses(a, state, nowMs, groups)),
    ...groups.values(),
    ...gapCauses(state, nowMs),
  ];
  return list.filter((c) => !c.folded).sort((a, b) => rank[a.level] - rank[b.level]);
}

function tagCauses(state, nowMs, silentAgents) {
  const groups = new Map();
  for (const tag of state.tags.values()) {
    const { cond, why } = condition(tag, nowMs);
    if (cond === "good") continue;
    const agent = tag.info.agent || tag.latest?.agent || "";
    const device = `${tag.info.site}/${tag.info.device}`;
    const reason = cond === "stale" ? "no records" : why;
    const key = `${device}|${cond}|${reason}`;
    const known = groups.get(key);
    if (known) known.tags++;
    else groups.set(key, { key, level: levelOf(cond), cond, agent, device, where: device, reason, tags: 1, example: tag.name, folded: cond === "stale" && silentAgents.has(agent) });
  }
  for (const g of groups.values()) g.text = `${g.tags === 1 ? g.example.split("/").slice(2).join("/") : plural(g.tags, "tag")} ${words[g.cond]}: ${g.reason}`;
  return groups;
}

const levelOf = (cond) => (cond === "none" ? "stale" : cond);

function agentCauses(view, state, nowMs, groups) {
  const cause = (level, what, text) => ({ key: `${view.agent}|${what}`, level, where: `agent ${view.agent}`, text, agentRow: view.agent });
  if (view.state === "silent") return [cause("bad", "silent", silentText(view, groups, nowMs))];
  const hb = view.heartbeat;
  if (!hb) return [];
  return [
    ...deviceCauses(view, hb, groups),
    ...linkCauses(hb, cause),
    ...outboxCauses(hb, nowMs, cause),
    ...clockCauses(hb, cause),
    ...ledgerCauses(view, state, cause),
  ];
}

function silentText(view, groups, nowMs) {
  const seen = parseTime(view.last_seen);
  let stale = 0;
  for (const g of groups.values()) if (g.folded && g.agent === view.agent) stale += g.tags;
  const since = Number.isFinite(seen) ? ` since ${moment(seen, nowMs)}` : "";
  return `silent${since}${stale ? `, ${plural(stale, "tag")} STALE` : ""}`;
}

function deviceCauses(view, hb, groups) {
  const told = new Set([...groups.values()].map((g) => g.device));
  return (hb.devices ?? [])
    .filter((d) => d.state === "bad" && !told.has(`${view.site}/${d.name}`))
    .map((d) => ({ key: `${view.agent}|device|${d.name}`, level: "bad", where: `${view.site}/${d.name}`, device: `${view.site}/${d.name}`, text: `device BAD: ${d.why ?? "no reason given"}` }));
}

function linkCauses(hb, cause) {
  const link = hb.link ?? {};
  const list = [];
  if (link.up === false) list.push(cause("bad", "link", `link to ${link.to || "the centre"} down: ${link.why ?? "no reason given"}`));
  if (link.lag_seconds > limits.lagSeconds) list.push(cause("uncertain", "lag", `live values arrive ${duration(link.lag_seconds)} late`));
  return list;
}

function outboxCauses(hb, nowMs, cause) {
  const box = hb.outbox ?? {};
  const list = [];
  const waited = (nowMs - parseTime(box.oldest)) / 1000;
  if (box.trouble) list.push(cause("bad", "outbox", `outbox cannot write: ${box.trouble}`));
  if (waited > limits.backlogSeconds && box.records > 0) list.push(cause("uncertain", "backlog", `backlog of ${plural(box.records, "record")}, oldest ${duration(waited)} old`));
  const fill = box.cap_bytes > 0 ? box.bytes / box.cap_bytes : 0;
  if (fill >= limits.fillWarn) list.push(cause(fill >= limits.fillBad ? "bad" : "uncertain", "fill", fillText(fill, box)));
  return list;
}

const fillText = (fill, box) => `outbox ${Math.floor(fill * 100)} % full` + (box.hours_left >= 0 ? `, room for ${duration(box.hours_left * 3600)}` : "");

function clockCauses(hb, cause) {
  const clock = hb.clock ?? "synchronised";
  return clock === "synchronised" ? [] : [cause("uncertain", "clock", `clock not synchronised (${clock}): times may be wrong`)];
}

function ledgerCauses(view, state, cause) {
  const lost = account(view, state.gaps).current;
  return lost ? [cause("bad", "ledger", `${plural(lost, "record")} missing without a reason`)] : [];
}

function gapCauses(state, nowMs) {
  const groups = new Map();
  for (const gap of state.gaps) {
    if (nowMs - gap.toMs > limits.gapOpenSeconds * 1000) continue;
    const where = gap.device ? `${gap.site}/${gap.device}` : `agent ${gap.agent}`;
    const key = `gap|${where}|${gap.cause}`;
    if (!groups.has(key)) groups.set(key, { key, level: "uncertain", where, device: gap.device ? where : undefined, agentRow: gap.device ? undefined : gap.agent, text: `gap until ${moment(gap.toMs, nowMs)}: ${gap.message || causeText(gap.cause)}` });
  }
  return [...groups.values()];
}

const known = {
  "unclean-stop": "the agent ended without closing its outbox",
  stopped: "the agent was stopped",
  "outbox-full": "the outbox was full, oldest records dropped",
  "outbox-damaged": "records were damaged on the medium",
  "missed-polls": "polls did not take place in time",
  "outbox-unavailable": "the outbox could not take records",
};

export const causeText = (cause) => known[cause] ?? cause;

/** The words of the first line. */
export function headline(state, list, link, nowMs) {
  if (!link.up && link.since !== null) return { level: "bad", title: "PLANT: not known", note: `Connection lost since ${moment(link.since, nowMs)} \u2013 trying again` };
  if (!link.up) return { level: "none", title: "PLANT: \u2026", note: "Connecting to the centre" };
  if (state.tags.size === 0 && state.agents.size === 0) return { level: "none", title: "PLANT: nothing heard yet", note: "No agent has reported to this centre. Start one: penstock run --site FILE --data DIR" };
  if (list.length === 0) return { level: "good", title: "PLANT: all normal", note: `${plural(state.tags.size, "tag")}, ${plural(state.agents.size, "agent")}` };
  return { level: list[0].level, title: `PLANT: ${count(list.length)} not normal`, note: "" };
}
