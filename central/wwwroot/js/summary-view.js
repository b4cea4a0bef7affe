// The first line of the page and its causes.

import { el, mark, setData, setText } from "./dom.js";
import { causes, headline } from "./summary.js";
import { clockTime } from "./format.js";

export class SummaryView {
  #said = "";

  constructor(page, parts) {
    this.page = page;
    Object.assign(this, parts);
  }

  refresh() {
    const now = this.page.now();
    const list = causes(this.page.state, now);
    const head = headline(this.page.state, list, this.page.link, now);
    const note = this.page.link.login ? "Log in again: open the link that the centre prints, or ask who runs it" : head.note;
    setData(this.root, "level", head.level);
    setText(this.title, head.title);
    setText(this.note, note);
    setText(this.time, clockTime(this.page.linked ? now : this.page.link.since ?? now));
    document.title = `${head.title.replace("PLANT: ", "")} \u2013 Penstock`;
    setData(document.documentElement, "link", this.page.linked ? "up" : "down");
    this.#list(list);
  }

  #list(list) {
    const said = JSON.stringify(list.map((c) => [c.key, c.level, c.text]));
    if (said === this.#said) return;
    const keys = list.map((c) => c.key).join();
    this.#said = said;
    if (keys === this.keys) return this.#rewrite(list);
    this.keys = keys;
    this.list.replaceChildren(...list.map((c) => this.#item(c)));
  }

  #rewrite(list) {
    list.forEach((c, i) => setText(this.list.children[i].querySelector(".cause-text"), c.text));
  }

  #item(cause) {
    const go = () => (cause.device ? this.reveal(cause.device) : this.revealAgent(cause.agentRow));
    return el("li", {}, el("button", { type: "button", class: "cause", "data-cond": cause.level, onclick: go },
      mark(cause.level), el("span", {}, el("b", { text: cause.where }), " ", el("span", { class: "cause-text", text: cause.text }))));
  }
}
