// One device: its state in a line with its first values, its tags below when open.
// Fine devices are folded, and those whose tags all say the same; else the tags that are not normal are shown.
// A click decides otherwise.

import { el, mark, setData, setText } from "./dom.js";
import { condition, shownCondition, words } from "./condition.js";
import { plural, valueText } from "./format.js";
import { TagRow } from "./tag-row.js";

const FIRST_VALUES = 8;
const SMALL = 12;
const FOLD_AFTER_MS = 15000;
const order = ["bad", "stale", "uncertain", "none"];

export class DeviceCard {
  #wish = null;
  #troubleMs = -Infinity;
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
    this.more = el("button", { type: "button", class: "more", onclick: () => this.toggle(true) });
    this.root = el("section", { class: "device", "data-device": `${device.site}/${device.device}` }, this.head, this.body, this.more);
  }

  toggle(wish = !this.open) {
    this.#wish = wish;
    this.hooks.changed(this);
  }

  /** Opens or folds, then writes the line; `ask` is the search in force. */
  refresh(tags, nowMs, linked, ask) {
    const sum = this.#sum(tags, nowMs);
    const { worst } = sum;
    if (worst !== "good") this.#troubleMs = nowMs;
    const recent = this.open && nowMs - this.#troubleMs < FOLD_AFTER_MS;
    const auto = worst === "good" ? recent : !sum.same || this.device.tags.length <= SMALL;
    this.#setOpen(ask.active || (this.#wish ?? (ask.all || auto)), tags, nowMs, linked);
    this.#setPartial(this.#wish === null && !ask.active && !ask.all && this.device.tags.length > SMALL);
    const shown = linked || worst !== "good" ? worst : "stale";
    setData(this.mark, "cond", shown);
    setData(this.root, "cond", shown);
    setText(this.note, noteText(sum, this.device.tags.length, linked));
  }

  // `same` is the reason when all tags share one condition and reason.
  #sum(tags, nowMs) {
    const count = { good: 0, uncertain: 0, bad: 0, stale: 0, none: 0 };
    const said = new Set();
    for (const name of this.device.tags) {
      const { cond, why } = condition(tags.get(name), nowMs);
      count[cond]++;
      said.add(cond === "stale" ? "no records" : why);
    }
    const worst = order.find((c) => count[c] > 0) ?? "good";
    const same = worst !== "good" && count[worst] === this.device.tags.length && said.size === 1;
    return { count, worst, same: same ? [...said][0] : null };
  }

  #setPartial(partial) {
    setData(this.root, "partial", String(this.open && partial));
    if (!this.open) return;
    const quiet = [...this.rows.values()].filter((row) => !row.noisy).length;
    this.more.hidden = !partial || quiet === 0;
    setText(this.more, `Show ${plural(quiet, "more tag")}`);
  }

  #setOpen(open, tags, nowMs, linked) {
    if (open === this.open && (this.rows.size || this.chips.size)) return;
    this.open = open;
    for (const row of this.rows.values()) row.noisy = false;
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
    if (this.open && row) {
      row.update(tag, nowMs, linked);
      row.noisy ||= condition(tag, nowMs).cond !== "good";
      setData(row.root, "quiet", String(!row.noisy));
    }
    const chip = this.chips.get(tag.name);
    if (this.open || !chip) return;
    setText(chip, valueText(tag.latest, tag.info, tag.decimals));
    setData(chip.parentNode, "cond", shownCondition(tag, nowMs, linked).cond);
  }
}

function noteText({ count, worst, same }, total, linked) {
  if (same) return `${total === 1 ? "1 tag" : `all ${plural(total, "tag")}`} ${words[worst]}: ${same}`;
  const wrong = order.filter((c) => count[c]).map((c) => `${count[c]} ${words[c]}`);
  if (wrong.length) return `${wrong.join(", ")} of ${plural(total, "tag")}`;
  return linked ? `${plural(total, "tag")} good` : `${plural(total, "tag")}, last known`;
}
