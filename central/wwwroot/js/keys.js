// The page by keyboard: / searches, arrows move, Enter opens (links and buttons do that), Esc goes back.

const STOPS = ".cause, .device:not([hidden]) .device-head, .device:not([hidden])[data-open=true] .tag:not([hidden])";
const typing = (node) => node instanceof HTMLInputElement;

export function watchKeys(search, onSearch) {
  search.addEventListener("input", () => onSearch(search.value));
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    if (e.key === "/" && !typing(e.target)) return focus(e, search);
    if (e.key === "Escape" && typing(e.target)) return clear(search, onSearch);
    if (e.key === "ArrowDown") return step(e, 1);
    if (e.key === "ArrowUp") return step(e, -1);
  });
}

function focus(e, node) {
  e.preventDefault();
  node.focus();
  if (typing(node)) node.select();
}

function clear(search, onSearch) {
  search.value = "";
  onSearch("");
  search.blur();
}

function step(e, way) {
  const stops = [...document.querySelectorAll(STOPS)].filter((node) => node.offsetParent);
  const here = stops.indexOf(document.activeElement);
  const target = here < 0 ? stops[way > 0 ? 0 : -1] : stops[here + way];
  if (target) focus(e, target);
}
