// Paints under and over the lines of the large trend: normal band, gaps, holes, quality.

let patterns = new Map();

export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const forgetPatterns = () => { patterns = new Map(); };

// Diagonal hatch; `lean` 1 or -1 tells gap from hole without colour.
function hatch(colour, lean, scale) {
  const key = `${colour}|${lean}|${scale}`;
  if (patterns.has(key)) return patterns.get(key);
  const size = Math.round(8 * scale);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const g = tile.getContext("2d");
  g.strokeStyle = colour;
  g.lineWidth = 1.4 * scale;
  g.beginPath();
  for (const shift of [-size, 0, size]) {
    g.moveTo(shift, lean > 0 ? size : 0);
    g.lineTo(shift + size, lean > 0 ? 0 : size);
  }
  g.stroke();
  patterns.set(key, g.createPattern(tile, "repeat"));
  return patterns.get(key);
}

function across(u, from, to) {
  const { left, width } = u.bbox;
  const a = Math.max(left, u.valToPos(from, "x", true));
  const b = Math.min(left + width, u.valToPos(to, "x", true));
  return b > left && a < left + width ? [a, Math.max(b - a, 2)] : null;
}

export function paintUnder(u, { gaps, holes }, info) {
  const g = u.ctx;
  const scale = devicePixelRatio || 1;
  const { top, height } = u.bbox;
  g.save();
  paintNormal(u, info);
  for (const [bands, colour, lean] of [[holes, css("--muted"), -1], [gaps, css("--gap"), 1]]) {
    for (const band of bands) {
      const place = across(u, band.from, band.to);
      if (!place) continue;
      g.fillStyle = css("--gap-field");
      g.fillRect(place[0], top, place[1], height);
      g.fillStyle = hatch(colour, lean, scale);
      g.fillRect(place[0], top, place[1], height);
    }
  }
  g.restore();
}

function paintNormal(u, info) {
  const { normal_low: low, normal_high: high } = info;
  if (typeof low !== "number" && typeof high !== "number") return;
  const { left, top, width, height } = u.bbox;
  const a = typeof high === "number" ? Math.max(top, u.valToPos(high, "y", true)) : top;
  const b = typeof low === "number" ? Math.min(top + height, u.valToPos(low, "y", true)) : top + height;
  if (b <= a) return;
  u.ctx.fillStyle = css("--normal-band");
  u.ctx.fillRect(left, a, width, b - a);
}

// Along the foot of the plot: bad tall and solid, uncertain low and hatched.
export function paintOver(u, { strips }) {
  const g = u.ctx;
  const scale = devicePixelRatio || 1;
  const foot = u.bbox.top + u.bbox.height;
  g.save();
  for (const strip of strips) {
    const place = across(u, strip.from, strip.to);
    if (!place) continue;
    const tall = (strip.q === "bad" ? 12 : 7) * scale;
    g.fillStyle = strip.q === "bad" ? css("--bad") : hatch(css("--uncertain"), 1, scale);
    g.fillRect(place[0], foot - tall, place[1], tall);
    g.strokeStyle = strip.q === "bad" ? css("--bad") : css("--uncertain");
    g.strokeRect(place[0], foot - tall, place[1], tall);
    if (place[1] > 40 * scale) label(g, strip, place[0] + 4 * scale, foot - tall - 3 * scale, scale);
  }
  g.restore();
}

function label(g, strip, x, y, scale) {
  g.font = `600 ${11 * scale}px system-ui, sans-serif`;
  g.textAlign = "left";
  g.textBaseline = "bottom";
  g.fillStyle = css("--text");
  g.fillText(strip.q === "bad" ? "BAD" : "UNCERTAIN", x, y);
}
