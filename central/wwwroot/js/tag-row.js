// One tag on the page: name, quality, small trend, value, unit, age.

import { el, mark, setData, setText } from "./dom.js";
import { ageSeconds, shownCondition, staleAfter, words } from "./condition.js";
import { duration, valueText } from "./format.js";
import { drawSpark } from "./spark.js";
import { STEP_MS } from "./trend.js";
import { writeHash } from "./hash.js";

export class TagRow {
  visible = false;
  noisy = false;

  constructor(tag) {
    const { info } = tag;
    this.name = tag.name;
    this.quality = el("span", { class: "quality" });
    this.value = el("span", { class: "value", "data-tag": tag.name });
    this.unit = el("span", { class: "unit", text: info.unit ?? "" });
    this.age = el("span", { class: "age" });
    this.canvas = el("canvas", { class: "spark", "aria-hidden": "true" });
    this.mark = mark("none");
    this.root = el("a", { class: "tag", href: writeHash({ tag: tag.name }), title: hint(tag), "data-row": tag.name },
      el("span", { class: "who" }, el("span", { class: "label", text: info.label ?? info.tag }), el("span", { class: "state" }, this.mark, this.quality)),
      this.canvas,
      el("span", { class: "what" }, el("span", { class: "reading" }, this.value, " ", this.unit), this.age));
  }

  /** Writes value and quality; returns the condition shown. */
  update(tag, nowMs, linked) {
    const { cond, why } = shownCondition(tag, nowMs, linked);
    setText(this.value, valueText(tag.latest, tag.info, tag.decimals));
    setData(this.value, "ts", tag.latest?.ts ?? "");
    setData(this.value, "q", tag.latest?.q ?? "");
    setData(this.root, "cond", cond);
    setData(this.mark, "cond", cond);
    setText(this.quality, qualityText(cond, why, tag.latest));
    return cond;
  }

  updateAge(tag, nowMs) {
    const age = ageSeconds(tag, nowMs);
    setText(this.age, tag.latest ? duration(age < 0 && age > -10 ? 0 : age) : "");
  }

  draw(tag, trend, nowMs) {
    const bridge = Math.ceil(((staleAfter(tag.info) ?? 60) * 1000) / STEP_MS);
    drawSpark(this.canvas, trend.read(nowMs), tag.info, bridge);
  }
}

export function qualityText(cond, why, latest) {
  const clock = latest?.clock && latest.clock !== "synchronised" ? ` \u00b7 clock ${latest.clock}` : "";
  return (cond === "good" ? words.good : `${words[cond]}: ${why}`) + clock;
}

function hint({ name, info }) {
  return [name, info.plant_tag, info.profile].filter(Boolean).join(" \u00b7 ");
}
