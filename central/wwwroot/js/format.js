// Numbers, ages and sizes as text. Pure.

const THIN = "\u202f";

export const parseTime = (text) => (text ? Date.parse(text) : NaN);

export function decimalsIn(value) {
  const text = String(Number(value.toPrecision(9)));
  if (text.includes("e")) return 6;
  const dot = text.indexOf(".");
  return dot < 0 ? 0 : text.length - dot - 1;
}

function decimalsThatMatter(magnitude) {
  if (magnitude >= 10000) return 0;
  if (magnitude >= 1000) return 1;
  if (magnitude >= 100) return 2;
  return magnitude >= 1 ? 3 : 5;
}

export function group(integerText) {
  const sign = integerText.startsWith("-") ? "\u2212" : "";
  const digits = sign ? integerText.slice(1) : integerText;
  return sign + (digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, THIN));
}

/** A number with at most `decimals` digits after the point, never more than its size makes sensible. */
export function number(value, decimals = decimalsIn(value)) {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-4)) return value.toExponential(3).replace("-", "\u2212");
  const shown = Math.min(decimals, decimalsThatMatter(magnitude));
  const [whole, fraction] = value.toFixed(shown).split(".");
  return group(whole) + (fraction ? "." + fraction : "");
}

/** What stands in the value column; `decimals` keeps the column steady from one value to the next. */
export function valueText(latest, info, decimals) {
  if (!latest) return "\u2013";
  if (info?.type === "enum" || info?.type === "text") return latest.text ?? numberOrDash(latest.value, decimals);
  if (latest.value === null || latest.value === undefined) return latest.text ?? "\u2013";
  if (info?.type === "bool") return latest.text ?? (latest.value ? "on" : "off");
  if (latest.text && /^-?\d+$/.test(latest.text)) return group(latest.text);
  return latest.text ?? number(latest.value, decimals);
}

const numberOrDash = (value, decimals) => (typeof value === "number" ? number(value, decimals) : "\u2013");

/** 0.4 → "<1 s", 75 → "1 min 15 s", 4000 → "1 h 6 min". */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "\u2013";
  if (seconds < 0) return "\u2212" + duration(-seconds);
  if (seconds < 1) return "<1 s";
  if (seconds < 60) return Math.floor(seconds) + " s";
  if (seconds < 3600) return two(seconds, 60, "min", 1, "s");
  if (seconds < 172800) return two(seconds, 3600, "h", 60, "min");
  return two(seconds, 86400, "d", 3600, "h");
}

function two(seconds, big, bigName, small, smallName) {
  const first = Math.floor(seconds / big);
  const rest = Math.floor((seconds % big) / small);
  return rest && first < 10 ? `${first} ${bigName} ${rest} ${smallName}` : `${first} ${bigName}`;
}

export function bytes(count) {
  if (!Number.isFinite(count)) return "\u2013";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let step = 0;
  while (count >= 1000 && step < units.length - 1) { count /= 1000; step++; }
  return (count < 10 && step > 0 ? count.toFixed(1) : Math.round(count)) + " " + units[step];
}

export const count = (n) => group(String(n ?? 0));

export const plural = (n, one, many = one + "s") => `${count(n)} ${n === 1 ? one : many}`;

const pad = (n) => String(n).padStart(2, "0");

/** Local hh:mm:ss. */
export function clockTime(ms) {
  if (!Number.isFinite(ms)) return "\u2013";
  const d = new Date(ms);
  return `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
}

/** hh:mm:ss today, with the date before it on other days. */
export function moment(ms, nowMs) {
  if (!Number.isFinite(ms)) return "\u2013";
  const d = new Date(ms);
  const today = new Date(nowMs).toDateString() === d.toDateString();
  return today ? clockTime(ms) : `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${clockTime(ms)}`;
}
