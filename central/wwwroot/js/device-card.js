// One device: its state in a line with its first values, its tags below when open.
// Devices that are fine are folded; a click decides otherwise and is remembered while the page is open.

import { el, mark, setData, setText } from "./dom.js";
import { condition, shownCondition, words } from "./condition.js";
import { plural, valueText } from "./format.js";
import { TagRow } from "./tag-row.js";

const FIRST_VALUES = 8;
const FOLD_AFTER_MS = 15000;
const order = ["bad", "stale", "uncertain", "none"];

export class DeviceCard {
  #wish = null;
  #fineSince = 0;
  rows = new Map();
  open = false;

  constructor(device, showSite, hooks) {
    this.device = device;
    this.hooks = hooks;
    this.mark = mark("none");
    this.note = el("span", { class: "note" });
    this.chips = new Map();
    this.strip = el("span", { class: "strip" });
    this.head = el("button", { class: "device-head", type: "button", "aria-expanded": "false", onclick: () => this.toggle() },
      el("span", { class: "fold", "aria-hidden": "true" }), this.mark,
      el("span", { class: "device-name", text: showSite ? `${device.site}/${device.device}` : device.device }), this.note, this.strip);
    this.body = el("div", { class: "tags" });
    this.root = el("section", { class: "device", "data-device": `${device.site}/${device.device}` }, this.head, this.body);
  }

  toggle(wish = !this.open) {
    this.#wish = wish;
    this.hooks.changed(this);
  }

  /** Opens or folds, then writes the line; `ask` is the search in force. */
  refresh(tags, nowMs, linked, ask) {
    const count = this.#count(tags, nowMs);
    const worst = order.find((c) => count[c] > 0) ?? "good";
    this.#fineSince = worst === "good" ? this.#fineSince || nowMs : 0;
    const abnormal = worst !== "good" || (this.open && this.#wish === null && nowMs - this.#fineSince < FOLD_AFTER_MS && this.#fineSince > 0 && this.wasAbnormal);
    this.wasAbnormal = abnormal;
    this.#setOpen(ask.active || (this.#wish ?? (ask.all || abnormal)), tags, nowMs, linked);
    const shown = linked || worst !== "good" ? worst : "stale";
    setData(this.mark, "cond", shown);
    setData(this.root, "cond", shown);
    setText(this.note, noteText(count, this.device.tags.length, linked));
  }

  #count(tags, nowMs) {
    const count = { good: 0, uncertain: 0, bad: 0, stale: 0, none: 0 };
    for (const name of this.device.tags) count[condition(tags.get(name), nowMs).cond]++;
    return count;
  }

  #setOpen(open, tags, nowMs, linked) {
    if (open === this.open && (this.rows.size || this.chips.size)) return;
    this.open = open;
    this.head.setAttribute("aria-expanded", String(open));
    setData(this.root, "open", String(open));
    if (open && this.rows.size === 0) this.#makeRows(tags);
    if (!open && this.chips.size === 0) this.#makeChips(tags);
    for (const name of this.device.tags) this.update(tags.get(name), nowMs, linked);
    for (const row of this.rows.values()) if (open) row.updateAge(tags.get(row.name), nowMs);
  }

  #makeRows(tags) {
    for (const name of this.device.tags) {
      const row = new TagRow(tags.get(name));
      this.rows.set(name, row);
      this.hooks.observe(row);
      this.body.append(row.root);
    }
  }

  #makeChips(tags) {
    for (const name of this.device.tags.slice(0, FIRST_VALUES)) {
      const { info } = tags.get(name);
      const value = el("b", { "data-chip": name });
      this.chips.set(name, value);
      this.strip.append(el("span", { class: "chip" }, el("span", { class: "chip-label", text: info.label ?? info.tag }), value, el("span", { text: info.unit ?? "" })));
    }
  }

  update(tag, nowMs, linked) {
    const row = this.rows.get(tag.name);
    if (this.open && row) row.update(tag, nowMs, linked);
    const chip = this.chips.get(tag.name);
    if (this.open || !chip) return;
    setText(chip, valueText(tag.latest, tag.info, tag.decimals));
    setData(chip.parentNode, "cond", shownCondition(tag, nowMs, linked).cond);
  }
}

function noteText(count, total, linked) {
  const wrong = order.filter((c) => count[c]).map((c) => `${count[c]} ${words[c]}`);
  if (wrong.length) return `${wrong.join(", ")} of ${plural(total, "tag")}`;
  return linked ? `${plural(total, "tag")} good` : `${plural(total, "tag")}, last known`;
}
