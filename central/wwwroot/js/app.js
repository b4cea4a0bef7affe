// Brings the parts together: stream → state → views. Values are written once per animation frame,
// everything that moves by itself (ages, conditions, first line) once a second.

import { applyAgents, applyGap, applySnapshot, applyTags, applyValues, createState } from "./state.js";
import { AgentsView } from "./agents-view.js";
import { ChartView } from "./chart-view.js";
import { GapsView } from "./gaps-view.js";
import { SummaryView } from "./summary-view.js";
import { TagsView } from "./tags-view.js";
import { ServerClock } from "./clock.js";
import { Stream } from "./stream.js";
import { forgetColours } from "./spark.js";
import { keepPage } from "./offline.js";
import { loginNeeded } from "./api.js";
import { parseTime } from "./format.js";
import { readHash } from "./hash.js";
import { watchKeys } from "./keys.js";

const part = (id) => document.getElementById(id);
const clock = new ServerClock();
const dirty = new Set();
let frame = 0;

const page = {
  state: createState(),
  link: { up: false, since: null, login: false },
  trouble: 0,
  get linked() { return this.link.up; },
  now: () => clock.now(Date.now()),
  countTrouble() { this.trouble++; },
  chartClosed() { document.querySelector(`[data-row="${CSS.escape(lastOpened)}"]`)?.focus(); },
};
let lastOpened = "";

const tags = new TagsView(part("tags"), page);
const agents = new AgentsView(part("agents"), page);
const gaps = new GapsView(part("gaps"), part("gaps-title"), page);
const chart = new ChartView(page, part("chart"));
const summary = new SummaryView(page, {
  root: part("plant"), title: part("plant-title"), note: part("plant-note"), time: part("plant-time"), list: part("causes"),
  reveal: (device) => tags.reveal(device), revealAgent: (id) => agents.reveal(id),
});

const takes = {
  snapshot(message) {
    const again = page.link.since !== null;
    applySnapshot(page.state, message);
    page.link = { up: true, since: null, login: false };
    tags.rebuild();
    tags.backfill();
    for (const tag of page.state.tags.values()) if (tag.latest) tags.remember(tag);
    part("version").textContent = message.server?.version ?? "";
    everySecond();
    if (!again) keepPage();
    if (again && chart.name) chart.fetch();
    else openFromHash();
  },
  values(message) {
    const { changed, grew } = applyValues(page.state, message, page.now());
    if (grew) tags.rebuild();
    for (const tag of changed) {
      dirty.add(tag.name);
      tags.remember(tag);
      chart.live(tag);
    }
    if (dirty.size && !frame) frame = requestAnimationFrame(flush);
  },
  tags(message) {
    applyTags(page.state, message);
    tags.rebuild();
  },
  agents(message) {
    applyAgents(page.state, message);
    agents.refresh();
    summary.refresh();
  },
  gap(message) {
    applyGap(page.state, message);
    gaps.refresh();
    if (chart.name?.startsWith(`${message.site}/${message.device ?? ""}`)) chart.fetch();
  },
  ping() {},
};

function flush() {
  frame = 0;
  for (const name of dirty) tags.update(name);
  dirty.clear();
}

function everySecond() {
  summary.refresh();
  tags.refresh();
  agents.refresh();
  gaps.refresh();
  chart.refresh();
}

async function lost(sinceMs) {
  const first = page.link.up || page.link.since === null;
  if (first) page.link = { up: false, since: clock.now(sinceMs), login: false };
  if (first) everySecond();
  if (await loginNeeded()) page.link.login = !page.link.up;
}

function openFromHash() {
  const wanted = readHash(location.hash);
  if (!wanted) return chart.close();
  lastOpened = wanted.tag;
  chart.open(wanted);
}

const stream = new Stream((type, message) => {
  if (message.now) clock.hear(parseTime(message.now), Date.now());
  takes[type](message);
}, lost);

let lastTick = Date.now();
setInterval(() => {
  const now = Date.now();
  if (Math.abs(now - lastTick - 1000) > 5000) clock.forget();
  lastTick = now;
  if (!document.hidden) everySecond();
  else summary.refresh();
}, 1000);

document.addEventListener("visibilitychange", () => { if (!document.hidden) everySecond(); });
document.addEventListener("themechange", () => { forgetColours(); tags.refresh(); });
window.addEventListener("hashchange", openFromHash);
window.addEventListener("popstate", openFromHash);
part("theme").addEventListener("click", () => document.dispatchEvent(new Event("themetoggle")));
part("unfold").setAttribute("aria-pressed", String(tags.all));
part("unfold").addEventListener("click", (e) => {
  tags.unfold(!tags.all);
  e.currentTarget.setAttribute("aria-pressed", String(tags.all));
});
part("zone").textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
watchKeys(part("search"), (query) => {
  const found = tags.search(query);
  part("found").textContent = query.trim() ? `${found} found` : "";
});
stream.connect();
