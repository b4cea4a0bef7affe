// The first line of the page and its causes.

import { el, mark, setData, setText } from "./dom.js";
import { causes, headline } from "./summary.js";
import { clockTime } from "./format.js";

const narrow = matchMedia("(max-width: 600px)");

export class SummaryView {
  #said = "";
  #full = false;

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
    const room = this.#full ? Infinity : narrow.matches ? 5 : 15;
    const shown = list.length <= room ? list : list.slice(0, room - 1);
    this.list.replaceChildren(...shown.map((c) => this.#item(c)));
    if (shown.length < list.length) this.list.append(this.#more(list.length - shown.length));
  }

  #rewrite(list) {
    [...this.list.querySelectorAll(".cause-text")].forEach((node, i) => setText(node, list[i].text));
  }

  #more(count) {
    const all = () => { this.#full = true; this.#said = this.keys = ""; this.refresh(); };
    return el("li", {}, el("button", { type: "button", class: "cause", text: `and ${count} more`, onclick: all }));
  }

  #item(cause) {
    const go = () => (cause.device ? this.reveal(cause.device) : this.revealAgent(cause.agentRow));
    return el("li", {}, el("button", { type: "button", class: "cause", "data-cond": cause.level, onclick: go },
      mark(cause.level), el("span", {}, el("b", { text: cause.where }), " ", el("span", { class: "cause-text", text: cause.text }))));
  }
}
