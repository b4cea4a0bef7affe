// A row per agent: the account it gives of itself, and the centre's ledger of its numbers.

import { el, mark, setData, setText } from "./dom.js";
import { deviceCounts, facts, fill } from "./agent-facts.js";
import { duration, moment, parseTime, plural } from "./format.js";

export class AgentsView {
  #rows = new Map();

  constructor(root, page) {
    this.root = root;
    this.page = page;
  }

  refresh() {
    const { agents, gaps } = this.page.state;
    for (const [id, row] of this.#rows) if (!agents.has(id)) { row.root.remove(); this.#rows.delete(id); }
    for (const view of agents.values()) {
      if (!this.#rows.has(view.agent)) this.#add(view);
      this.#rows.get(view.agent).refresh(view, gaps, this.page.now());
    }
  }

  #add(view) {
    const row = new AgentRow(view);
    this.#rows.set(view.agent, row);
    this.root.append(row.root);
  }

  reveal(id) {
    const row = this.#rows.get(id);
    if (!row) return;
    row.root.scrollIntoView({ block: "start" });
    row.root.focus();
  }
}

const SHORT_LIST = 4;

class AgentRow {
  #facts = new Map();

  constructor(view) {
    this.mark = mark("good");
    this.state = el("span", { class: "agent-state" });
    this.bar = el("meter", { min: "0", max: "1", "aria-label": "Outbox fill" });
    this.barText = el("span");
    this.facts = el("dl", { class: "facts" }, el("div", { class: "fact outbox" }, el("dt", { text: "Outbox" }), el("dd", {}, this.bar, this.barText)));
    this.devices = el("ul", { class: "agent-devices" });
    this.devicesTitle = el("summary");
    this.devicesBox = el("details", {}, this.devicesTitle, this.devices);
    this.devicesBox.open = (view.heartbeat?.devices?.length ?? 0) <= SHORT_LIST;
    this.notes = el("ul", { class: "notes" });
    this.root = el("article", { class: "agent", tabindex: "-1", "data-agent": view.agent },
      el("h3", {}, this.mark, el("span", { text: `${view.site} \u00b7 ${view.agent}` }), this.state), this.facts, this.devicesBox, this.notes);
  }

  refresh(view, gaps, nowMs) {
    const silent = view.state === "silent";
    const seen = parseTime(view.last_seen);
    setData(this.mark, "cond", silent ? "bad" : "good");
    setData(this.root, "cond", silent ? "bad" : "good");
    const ago = (nowMs - seen) / 1000;
    setText(this.state, silent ? `SILENT since ${moment(seen, nowMs)}; what stands here is what it told then` : `online, heard ${duration(Math.max(0, ago))} ago`);
    this.#fill(fill(view.heartbeat?.outbox));
    for (const [label, text, cond] of facts(view, gaps, nowMs)) this.#fact(label, text, cond);
    setText(this.devicesTitle, devicesTitle(view.heartbeat?.devices ?? []));
    this.#list(this.devices, (view.heartbeat?.devices ?? []).map((d) => deviceLine(d, nowMs, silent)));
    this.#list(this.notes, (view.heartbeat?.notes ?? []).map((text) => ["", text]));
  }

  #fill({ share, level, text }) {
    if (this.bar.value !== share) this.bar.value = share;
    setData(this.bar, "level", level);
    setText(this.barText, text);
  }

  #fact(label, text, cond) {
    if (!this.#facts.has(label)) {
      const value = el("dd");
      this.#facts.set(label, value);
      this.facts.append(el("div", { class: "fact", "data-fact": label }, el("dt", { text: label }), value));
    }
    const value = this.#facts.get(label);
    setText(value, text);
    setData(value, "cond", cond);
  }

  #list(root, lines) {
    while (root.children.length > lines.length) root.lastChild.remove();
    lines.forEach(([cond, text], i) => {
      const item = root.children[i] ?? root.appendChild(el("li", {}, cond ? mark(cond) : null, el("span")));
      if (cond) setData(item.firstChild, "cond", cond);
      setText(item.lastChild, text);
    });
  }
}

function devicesTitle(devices) {
  const bad = devices.filter((d) => d.state === "bad").length;
  return `${plural(devices.length, "device")}${bad ? `, ${bad} BAD` : ""}`;
}

function deviceLine(d, nowMs, silent) {
  const since = d.since ? ` since ${moment(parseTime(d.since), nowMs)}` : "";
  const told = d.state === "bad" ? "bad" : d.state === "good" ? "good" : "uncertain";
  const cond = silent ? "stale" : told;
  const state = (silent ? "last told " : "") + (d.state === "bad" ? "BAD" : d.state);
  const parts = [`${d.name}: ${state}${since}${d.why ? ", " + d.why : ""}`, d.profile, d.address, d.tags ? plural(d.tags, "tag") : "", deviceCounts(d)];
  return [cond, parts.filter(Boolean).join(" \u00b7 ")];
}
