// What an agent's numbers say: how many are stored, refused, dropped with a gap, or missing without a reason. Pure.

const size = ([from, to]) => to - from + 1;

function cutAt(ranges, limit) {
  return ranges.filter(([from]) => from < limit).map(([from, to]) => [from, Math.min(to, limit - 1)]);
}

/** Takes the numbers that a gap names out of the missing ranges. */
export function minus(ranges, [low, high]) {
  return ranges.flatMap(([from, to]) => {
    if (high < from || low > to) return [[from, to]];
    const rest = [];
    if (from < low) rest.push([from, low - 1]);
    if (to > high) rest.push([high + 1, to]);
    return rest;
  });
}

// Numbers from the oldest waiting one on are still on their way; the heartbeat may be older than the ledger.
function settledBelow(heartbeat, epoch) {
  const state = heartbeat?.epochs?.find((e) => e.epoch === epoch);
  if (state) return state.waiting ?? state.last + 1;
  return heartbeat?.epoch === epoch ? 0 : Infinity;
}

function toldByGaps(gaps, agent, epoch) {
  return gaps
    .filter((g) => g.agent === agent)
    .flatMap((g) => g.numbers ?? [])
    .filter((n) => n.epoch === epoch)
    .map((n) => [n.from, n.to]);
}

function unexplainedOf(view, entry, gaps) {
  const settled = cutAt(entry.missing ?? [], settledBelow(view.heartbeat, entry.epoch));
  return toldByGaps(gaps, view.agent, entry.epoch).reduce(minus, settled);
}

/** Sums over all epochs; `unexplained` counts settled numbers without a gap, `current` those of the present epoch. */
export function account(view, gaps) {
  const sum = { stored: 0, dead: 0, dropped: 0, unexplained: 0, current: 0 };
  for (const entry of view.ledger ?? []) {
    sum.stored += entry.stored ?? 0;
    sum.dead += entry.dead ?? 0;
    sum.dropped += entry.dropped ?? 0;
    const lost = unexplainedOf(view, entry, gaps).reduce((n, range) => n + size(range), 0);
    sum.unexplained += lost;
    if (entry.epoch === view.heartbeat?.epoch) sum.current += lost;
  }
  return sum;
}
