// What the large trend says in words: the point under the cursor, the stretch shown. Pure.

import { words } from "./condition.js";
import { count, duration, moment, number, plural, valueText } from "./format.js";

function bandText(band, nowMs) {
  const what = band.cause ? "GAP" : "NO RECORDS";
  const times = `${moment(band.from * 1000, nowMs)} to ${moment(band.to * 1000, nowMs)} (${duration(band.to - band.from)})`;
  return `${what} ${times}: ${band.text}${band.samples ? `, ${plural(band.samples, "sample")}` : ""}`;
}

/** What stands at the y axis: the words of a switch or an enumeration, else the number. */
export function labelOf(value, info, data) {
  if (info.type === "bool") return value === 0 ? "off" : value === 1 ? "on" : "";
  if (info.type !== "enum") return number(value);
  return data?.points.find((p) => p.value === value && p.text)?.text ?? (Number.isInteger(value) ? String(value) : "");
}

/** One line for the readout under the plot. */
export function pointText(point, band, info, decimals, nowMs, bucket) {
  if (band) return bandText(band, nowMs);
  if (!point) return "";
  const unit = info.unit ? " " + info.unit : "";
  const quality = point.q === "good" ? "good" : `${words[point.q]}${point.why ? ": " + point.why : ""}`;
  const time = moment(point.x * 1000, nowMs);
  if (!bucket) return `${time}   ${valueText(point, info, decimals)}${unit}   ${quality}`;
  if (point.y === null) return `${time}   no value   ${quality}`;
  const [mean, low, high] = [point.y, point.min, point.max].map((v) => number(v, decimals + 2));
  return `${time}   mean ${mean}${unit}   min ${low}   max ${high}   ${plural(point.count, "record")}   ${quality}`;
}

/** Where type or unit of the tag changed, one line a change: values of before and after do not compare. */
export function changeTexts(versions, nowMs) {
  return versions.slice(1).flatMap((v, i) => (v.what === versions[i].what ? [] : [`Since ${moment(v.from * 1000, nowMs)} the tag is ${v.what}; before it was ${versions[i].what}`]));
}

/** What the plot rests on: "600 records" or "buckets of 1 min with min, mean, max". */
export function basisText(data, from, to) {
  const inside = data.points.filter((p) => p.x * 1000 >= from && p.x * 1000 <= to).length;
  return data.bucket
    ? `${count(inside)} buckets of ${duration(data.step)}: mean, min to max shaded`
    : plural(inside, "record");
}
