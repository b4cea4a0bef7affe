// The gaps of the last day, newest first.

import { el } from "./dom.js";
import { causeText } from "./summary.js";
import { duration, moment, plural } from "./format.js";

const SHOWN = 50;

export class GapsView {
  #said = "";

  constructor(root, title, page) {
    this.root = root;
    this.title = title;
    this.page = page;
  }

  refresh() {
    const { gaps, server } = this.page.state;
    if (!server) return; // Nothing was read yet, so nothing is known.
    const said = gaps.length + "|" + (gaps[0]?.seq ?? "") + (gaps[0]?.epoch ?? "");
    if (said === this.#said) return;
    this.#said = said;
    this.title.textContent = gaps.length ? `Gaps of the last day: ${gaps.length}` : "No gap in the last day";
    const now = this.page.now();
    this.root.replaceChildren(...gaps.slice(0, SHOWN).map((g) => el("li", { text: gapLine(g, now) })));
  }
}

export function gapLine(gap, nowMs) {
  const where = gap.device ? `${gap.site}/${gap.device}` : `agent ${gap.agent}`;
  const tags = gap.tags?.length ? ` (${gap.tags.length > 3 ? plural(gap.tags.length, "tag") : gap.tags.join(", ")})` : "";
  const length = duration((gap.toMs - gap.fromMs) / 1000);
  const lost = gap.samples ? `, ${plural(gap.samples, "sample")}` : "";
  return `${moment(gap.fromMs, nowMs)} for ${length}: ${where}${tags} \u2013 ${gap.message || causeText(gap.cause)}${lost}`;
}
