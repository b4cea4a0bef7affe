// What the page knows: tags, agents, gaps. Changed only by the functions here, from messages of the live stream. Pure.

import { parseTime, decimalsIn } from "./format.js";

const MAX_GAPS = 500;

export const createState = () => ({ tags: new Map(), agents: new Map(), gaps: [], server: null });

export function applySnapshot(state, message) {
  const before = state.tags;
  state.server = message.server ?? null;
  state.tags = new Map();
  for (const view of message.tags ?? []) putTag(state, view, before.get(view.name));
  state.agents = new Map((message.agents ?? []).map((a) => [a.agent, a]));
  state.gaps = [];
  for (const gap of message.gaps ?? []) applyGap(state, gap);
}

export function applyTags(state, message) {
  for (const view of message.tags ?? []) putTag(state, view, state.tags.get(view.name));
}

export function applyAgents(state, message) {
  for (const agent of message.agents ?? []) state.agents.set(agent.agent, agent);
}

/** Returns the tags that changed, and whether one of them was not known before. */
export function applyValues(state, message, nowMs) {
  const changed = [];
  let grew = false;
  for (const value of message.values ?? []) {
    let tag = state.tags.get(value.name);
    if (!tag) {
      tag = putTag(state, nameOnly(value.name), undefined);
      grew = true;
    }
    if (setLatest(tag, value, nowMs)) changed.push(tag);
  }
  return { changed, grew };
}

export function applyGap(state, gap) {
  const known = state.gaps.some((g) => g.agent === gap.agent && g.epoch === gap.epoch && g.seq === gap.seq);
  if (known) return;
  state.gaps.push({ ...gap, fromMs: parseTime(gap.from), toMs: parseTime(gap.to) });
  state.gaps.sort((a, b) => b.toMs - a.toMs);
  state.gaps.length = Math.min(state.gaps.length, MAX_GAPS);
}

function nameOnly(name) {
  const [site, device, ...rest] = name.split("/");
  return { name, site, device, tag: rest.join("/"), latest: null };
}

function putTag(state, view, old) {
  const tag = { name: view.name, info: view, latest: old?.latest ?? null, heardMs: old?.heardMs ?? null, decimals: old?.decimals ?? 0 };
  if (view.latest) setLatest(tag, view.latest, null);
  state.tags.set(tag.name, tag);
  return tag;
}

// The centre decides what the latest is: after a clock was set back it may carry an earlier ts.
function setLatest(tag, value, nowMs) {
  const tsMs = parseTime(value.ts);
  const last = tag.latest;
  if (last && last.tsMs === tsMs && last.q === value.q && last.value === value.value && last.text === value.text) return false;
  tag.latest = { ...value, tsMs };
  tag.heardMs = nowMs;
  if (typeof value.value === "number") tag.decimals = Math.max(tag.decimals, decimalsIn(value.value));
  return true;
}
