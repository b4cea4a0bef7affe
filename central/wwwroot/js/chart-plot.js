// The uPlot instance of the large trend. The library is fetched when the first trend opens.

import { clockTime } from "./format.js";
import { css, paintOver, paintUnder } from "./chart-paint.js";

let library = null;

function load(name, properties) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(name), properties, { onload: resolve, onerror: () => reject(new Error("The trend library did not load; reload the page")) });
    document.head.append(node);
  });
}

export function loadLibrary() {
  library ??= Promise.all([
    load("script", { src: "vendor/uplot/uPlot.iife.min.js" }),
    load("link", { rel: "stylesheet", href: "vendor/uplot/uPlot.min.css" }),
  ]).catch((error) => { library = null; throw error; });
  return library;
}

const two = (n) => String(n).padStart(2, "0");

/** Axis texts: seconds, minutes or days as the spacing asks; a new day says its date. */
export function timeTicks(splits, spacing) {
  let day = "";
  return splits.map((s) => {
    const d = new Date(s * 1000);
    const date = `${two(d.getMonth() + 1)}-${two(d.getDate())}`;
    const fresh = date !== day;
    day = date;
    if (spacing >= 86400) return date;
    const time = spacing < 60 ? clockTime(d.getTime()) : `${two(d.getHours())}:${two(d.getMinutes())}`;
    return fresh ? `${time}\n${date}` : time;
  });
}

function axes(view, stepped) {
  const look = { stroke: () => css("--text"), grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1 }, font: "12px system-ui, sans-serif" };
  return [
    { ...look, size: 44, space: 80, values: (u, splits, axis, space, spacing) => timeTicks(splits, spacing) },
    { ...look, size: (u, values) => 22 + 7.6 * Math.max(4, ...(values ?? []).map((v) => v.length)), values: (u, splits) => splits.map((v) => view.label(v)), incrs: stepped ? [1, 2, 5, 10, 20, 50, 100] : undefined },
  ];
}

function yRange(u, low, high) {
  if (low === null || high === null) return [0, 1];
  const room = Math.max((high - low) * 0.08, Math.max(Math.abs(low), Math.abs(high)) * 0.005, 1e-6);
  return [low - room, high + room];
}

/** `view` gives info, decor (gaps, holes, strips), and takes onCursor(index, x) and onSelect(from, to). */
export function createPlot(root, size, view) {
  const stepped = ["bool", "enum"].includes(view.info.type);
  const line = { stroke: () => css("--line"), width: 1.75, spanGaps: false, points: { size: 5, fill: () => css("--line"), stroke: () => css("--line") } };
  const edge = { stroke: "transparent", width: 0, spanGaps: false, points: { show: false } };
  return new window.uPlot({
    ...size,
    legend: { show: false },
    scales: { x: { time: true }, y: { range: yRange } },
    series: [{}, { ...line, paths: stepped ? window.uPlot.paths.stepped({ align: 1 }) : undefined }, edge, edge],
    bands: [{ series: [2, 3], fill: () => css("--band") }],
    axes: axes(view, stepped),
    cursor: { drag: { x: true, y: false, setScale: false }, focus: { prox: -1 }, y: false },
    hooks: {
      drawAxes: [(u) => paintUnder(u, view.decor, view.info)],
      draw: [(u) => paintOver(u, view.decor)],
      setCursor: [(u) => view.onCursor(u.cursor.idx, u.cursor.left >= 0 ? u.posToVal(u.cursor.left, "x") : null)],
      setSelect: [(u) => select(u, view)],
    },
  }, [[], [], [], []], root);
}

function select(u, view) {
  const { left, width } = u.select;
  if (width < 4) return;
  const [from, to] = [u.posToVal(left, "x") * 1000, u.posToVal(left + width, "x") * 1000];
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  view.onSelect(from, to);
}
