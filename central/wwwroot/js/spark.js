// Draws the small trend of a tag on its canvas.

import { SLOTS, range } from "./trend.js";

let colours = null;

export const forgetColours = () => { colours = null; };

function theme() {
  if (!colours) {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    colours = { line: read("--line"), band: read("--normal-band"), bad: read("--bad"), uncertain: read("--uncertain") };
  }
  return colours;
}

export function drawSpark(canvas, cells, info, bridge) {
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (!width || !height) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const g = canvas.getContext("2d");
  g.clearRect(0, 0, width, height);
  const span = range(cells);
  const area = { width, height: height - 5 * scale, scale, step: width / SLOTS };
  if (span) {
    const y = (v) => scale + (area.height - 2 * scale) * (1 - (v - span[0]) / (span[1] - span[0]));
    drawNormal(g, area, info, span, y);
    drawLine(g, area, cells, y, bridge);
  }
  drawQuality(g, area, cells, height);
}

function drawNormal(g, area, info, span, y) {
  const { normal_low: low, normal_high: high } = info;
  if (typeof low !== "number" && typeof high !== "number") return;
  const top = y(Math.min(high ?? Infinity, span[1]));
  const bottom = y(Math.max(low ?? -Infinity, span[0]));
  if (bottom <= top) return;
  g.fillStyle = theme().band;
  g.fillRect(0, top, area.width, bottom - top);
}

// Deadband leaves buckets empty; up to `bridge` of them are joined, more are a hole.
function drawLine(g, area, cells, y, bridge) {
  g.strokeStyle = theme().line;
  g.lineWidth = 1.25 * area.scale;
  g.lineJoin = "round";
  g.beginPath();
  let before = -Infinity;
  cells.forEach((c, i) => {
    if (!c || c.min > c.max) return;
    const x = (i + 0.5) * area.step;
    if (i - before > bridge + 1) g.moveTo(x - area.step / 2, y(c.min));
    g.lineTo(x, y(c.min));
    if (c.max > c.min) g.lineTo(x, y(c.max));
    before = i;
  });
  g.stroke();
}

function drawQuality(g, area, cells, height) {
  cells.forEach((c, i) => {
    if (!c || c.quality < 2) return;
    const tall = c.quality === 3 ? 4 * area.scale : 2 * area.scale;
    g.fillStyle = c.quality === 3 ? theme().bad : theme().uncertain;
    g.fillRect(i * area.step, height - tall, Math.max(1, area.step), tall);
  });
}
