// The address of a view: #tag=site/device/tag&range=3600 or &from=…&to=… in milliseconds. Pure.

export function readHash(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  const tag = query.get("tag");
  if (!tag) return null;
  const from = Number(query.get("from"));
  const to = Number(query.get("to"));
  if (from > 0 && to > from) return { tag, from, to, range: null };
  const range = Number(query.get("range"));
  return { tag, from: null, to: null, range: range > 0 ? range : null };
}

export function writeHash(view) {
  const tag = "#tag=" + encodeURIComponent(view.tag).replaceAll("%2F", "/");
  if (view.from) return `${tag}&from=${Math.round(view.from)}&to=${Math.round(view.to)}`;
  return view.range ? `${tag}&range=${view.range}` : tag;
}
