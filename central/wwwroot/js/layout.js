// Tags grouped by place and device, and what a search leaves of them. Pure.

import { words } from "./condition.js";

const compare = new Intl.Collator("en", { numeric: true }).compare;

/** [{ place, devices: [{ key, site, device, tags: [name] }] }], in natural order. */
export function layout(tags) {
  const places = new Map();
  for (const tag of tags.values()) {
    const place = tag.info.place ?? "";
    if (!places.has(place)) places.set(place, new Map());
    const devices = places.get(place);
    const key = `${place}|${tag.info.site}/${tag.info.device}`;
    if (!devices.has(key)) devices.set(key, { key, site: tag.info.site, device: tag.info.device, tags: [] });
    devices.get(key).tags.push(tag.name);
  }
  return [...places.entries()]
    .sort(([a], [b]) => (a === "") - (b === "") || compare(a, b))
    .map(([place, devices]) => ({ place, devices: [...devices.values()].sort((a, b) => compare(a.key, b.key)).map(sorted) }));
}

function sorted(device) {
  device.tags.sort(compare);
  return device;
}

/** Changes only when something must be drawn anew, not with values. */
export function signature(tags) {
  const parts = [];
  for (const { name, info } of tags.values()) parts.push(name, info.place, info.label, info.unit, info.plant_tag);
  return parts.join("\u0001");
}

/** Every word must be found in name, label, place, plant tag or condition. */
export function matches(tag, cond, query) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const { label, place, plant_tag: plantTag, unit, profile } = tag.info;
  const text = [tag.name, label, place, plantTag, unit, profile, words[cond]].filter(Boolean).join(" ").toLowerCase();
  return wanted.every((w) => text.includes(w));
}
