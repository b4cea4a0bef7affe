// All tags, grouped by place and device; keeps rows up to date, fills small trends of rows that are seen.

import { el } from "./dom.js";
import { condition } from "./condition.js";
import { layout, matches, signature } from "./layout.js";
import { DeviceCard } from "./device-card.js";
import { Trend, SPAN_MS } from "./trend.js";
import { historyLater } from "./api.js";

const TREND_POINTS = 150;

// Without storage a choice ends with the page.
const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* see above */ } };

export class TagsView {
  #cards = new Map();
  #byTag = new Map();
  #trends = new Map();
  #shape = "";
  #rowOf = new WeakMap();
  #sight = new IntersectionObserver((seen) => this.#sighted(seen), { rootMargin: "100px" });

  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.query = "";
    this.all = new URLSearchParams(location.search).has("open") || recall("penstock-unfold") === "1";
  }

  trend(name) {
    if (!this.#trends.has(name)) this.#trends.set(name, new Trend());
    return this.#trends.get(name);
  }

  /** Builds the groups anew when tags came, went, or were renamed. */
  rebuild() {
    const { tags } = this.page.state;
    const shape = signature(tags);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#sight.disconnect();
    const old = this.#cards;
    this.#cards = new Map();
    this.#byTag = new Map();
    const sites = new Set([...tags.values()].map((t) => t.info.site));
    const groups = layout(tags);
    this.root.replaceChildren(...groups.map((group) => this.#place(group, sites.size > 1, old)));
    if (groups.length === 1 && groups[0].place === "") this.root.querySelector("h2").hidden = true;
    for (const name of this.#trends.keys()) if (!tags.has(name)) this.#trends.delete(name);
    this.refresh();
  }

  #place(group, showSite, old) {
    const cards = group.devices.map((device) => {
      const card = new DeviceCard(device, showSite, { observe: (row) => this.#observe(row), changed: (c) => this.#changed(c) });
      if (old.get(device.key)?.open) card.toggle(true);
      this.#cards.set(device.key, card);
      for (const name of device.tags) this.#byTag.set(name, card);
      return card.root;
    });
    const title = group.place ? group.place.split("/").join(" \u203a ") : "Without a place";
    return el("section", { class: "place", "data-size": Math.min(4, cards.length) }, el("h2", { text: title }), el("div", { class: "devices" }, ...cards));
  }

  #observe(row) {
    this.#rowOf.set(row.root, row);
    this.#sight.observe(row.root);
  }

  #changed(card) {
    if (!this.#cards.has(card.device.key)) return;
    card.refresh(this.page.state.tags, this.page.now(), this.page.linked, this.#ask());
    this.#search(card);
  }

  #ask() {
    return { active: this.query.trim() !== "", all: this.all };
  }

  #sighted(seen) {
    for (const { target, isIntersecting } of seen) {
      const row = this.#rowOf.get(target);
      row.visible = isIntersecting;
      if (isIntersecting) this.#show(row);
    }
  }

  #show(row) {
    const tag = this.page.state.tags.get(row.name);
    if (!tag) return;
    row.updateAge(tag, this.page.now());
    row.draw(tag, this.trend(row.name), this.page.now());
    this.#fill(row);
  }

  async #fill(row) {
    const trend = this.trend(row.name);
    if (trend.filled || trend.filling || !this.page.linked) return;
    trend.filling = true;
    const now = this.page.now();
    try {
      const answer = await historyLater(row.name, now - SPAN_MS, now, TREND_POINTS, () => row.visible && this.page.linked);
      if (answer) trend.fill(answer);
    } catch {
      this.page.countTrouble();
    } finally {
      trend.filling = false;
    }
    const tag = this.page.state.tags.get(row.name);
    if (tag && row.visible) row.draw(tag, trend, this.page.now());
  }

  /** After a new connection: what was missed comes from the history. */
  backfill() {
    for (const trend of this.#trends.values()) trend.filled = false;
    this.refresh();
  }

  remember(tag) {
    const { tsMs, value, q } = tag.latest;
    this.trend(tag.name).add(tsMs, value, value, q);
  }

  update(name) {
    const tag = this.page.state.tags.get(name);
    const card = this.#byTag.get(name);
    if (!tag || !card) return;
    card.update(tag, this.page.now(), this.page.linked);
    const row = card.rows.get(name);
    if (card.open && row?.visible) row.updateAge(tag, this.page.now());
  }

  /** Once a second: conditions, ages and trends move on without news. */
  refresh() {
    const { state, linked } = this.page;
    const now = this.page.now();
    for (const card of this.#cards.values()) {
      card.refresh(state.tags, now, linked, this.#ask());
      for (const name of card.device.tags) card.update(state.tags.get(name), now, linked);
      if (card.open) for (const row of card.rows.values()) if (row.visible) this.#show(row);
    }
  }

  search(query) {
    this.query = query;
    this.refresh();
    for (const card of this.#cards.values()) this.#search(card);
    for (const place of this.root.children) place.hidden = !place.querySelector(".device:not([hidden])");
    return [...this.root.querySelectorAll(".tag:not([hidden])")].length;
  }

  #search(card) {
    const { tags } = this.page.state;
    let found = 0;
    for (const [name, row] of card.rows) {
      const tag = tags.get(name);
      row.root.hidden = !matches(tag, condition(tag, this.page.now()).cond, this.query);
      if (!row.root.hidden) found++;
    }
    card.root.hidden = this.query.trim() !== "" && found === 0;
  }

  unfold(all) {
    this.all = all;
    keep("penstock-unfold", all ? "1" : "0");
    for (const card of this.#cards.values()) card.toggle(all || null);
  }

  /** Opens the device and brings it into view. */
  reveal(device) {
    const card = [...this.#cards.values()].find((c) => `${c.device.site}/${c.device.device}` === device);
    if (!card) return;
    card.toggle(true);
    card.root.scrollIntoView({ block: "start" });
    card.head.focus();
  }
}
