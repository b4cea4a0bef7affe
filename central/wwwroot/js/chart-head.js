// Head and foot of the large trend: name, value, quality, age, range buttons, link, gaps in words.

import { el, setData, setText } from "./dom.js";
import { ageSeconds, shownCondition } from "./condition.js";
import { duration, moment, number, valueText } from "./format.js";
import { qualityText } from "./tag-row.js";
import { basisText, changeTexts } from "./chart-text.js";

export const ranges = [[600, "10 min"], [3600, "1 h"], [28800, "8 h"], [86400, "1 d"], [604800, "7 d"], [2592000, "30 d"]];

export class ChartHead {
  #buttons = new Map();
  #said = "";

  constructor(dialog, act) {
    const part = (id) => dialog.querySelector("#" + id);
    Object.assign(this, { dialog, name: part("chart-name"), path: part("chart-path"), value: part("chart-value"), mark: part("chart-mark"), quality: part("chart-quality"), age: part("chart-age"), basis: part("chart-basis"), gaps: part("chart-gaps"), live: part("chart-live") });
    for (const [seconds, text] of ranges) {
      const button = el("button", { type: "button", text, "data-range": seconds, "aria-pressed": "false", onclick: () => act.range(seconds) });
      this.#buttons.set(seconds, button);
      part("chart-ranges").append(button);
    }
    const tools = { "chart-in": () => act.zoom(0.5, 0.5), "chart-out": () => act.zoom(2, 0.5), "chart-left": () => act.pan(-0.5), "chart-right": () => act.pan(0.5), "chart-live": () => act.reset(), "chart-close": () => dialog.close() };
    for (const [id, run] of Object.entries(tools)) part(id).addEventListener("click", run);
    part("chart-link").addEventListener("click", (e) => copyLink(e.target));
  }

  refresh(tag, name, nowMs, linked) {
    setText(this.name, tag?.info.label ?? name);
    const { place, plant_tag: plantTag, profile } = tag?.info ?? {};
    setText(this.path, [name, plantTag, place, profile, limitsText(tag?.info)].filter(Boolean).join(" \u00b7 "));
    if (!tag) return setText(this.value, "unknown tag");
    const { cond, why } = shownCondition(tag, nowMs, linked);
    setText(this.value, `${valueText(tag.latest, tag.info, tag.decimals)} ${tag.info.unit ?? ""}`);
    setData(this.mark, "cond", cond);
    setData(this.dialog, "cond", cond);
    setText(this.quality, qualityText(cond, why, tag.latest));
    setText(this.age, tag.latest ? `age ${duration(Math.max(0, ageSeconds(tag, nowMs)))}` : "");
  }

  showWindow(window) {
    for (const [seconds, button] of this.#buttons) button.setAttribute("aria-pressed", String(seconds === window.range));
    this.live.setAttribute("aria-pressed", String(window.range !== null));
  }

  showFacts(data, from, to, nowMs) {
    setText(this.basis, basisText(data, from, to));
    const seen = data.gaps.filter((g) => g.from * 1000 < to && g.to * 1000 > from);
    const changes = changeTexts(data.versions ?? [], nowMs);
    const said = JSON.stringify([seen, changes]);
    if (said === this.#said) return;
    this.#said = said;
    this.gaps.replaceChildren(...[...changes, ...seen.slice(0, 20).map((g) => `Gap ${gapWords(g, nowMs)}`)].map((text) => el("li", { text })));
  }
}

const gapWords = (g, nowMs) => `${moment(g.from * 1000, nowMs)} for ${duration(g.to - g.from)}: ${g.text}`;

function limitsText(info) {
  const { normal_low: low, normal_high: high } = info ?? {};
  if (typeof low !== "number" && typeof high !== "number") return "";
  return `normal ${typeof low === "number" ? number(low) : "\u2026"} to ${typeof high === "number" ? number(high) : "\u2026"}`;
}

async function copyLink(button) {
  const say = (text) => { button.textContent = text; setTimeout(() => { button.textContent = "Copy link"; }, 2000); };
  try {
    await navigator.clipboard.writeText(location.href);
    say("Copied");
  } catch {
    say("Copy it from the address bar");
  }
}
