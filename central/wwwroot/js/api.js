// Questions to the centre. Few at a time: browsers allow six connections to one host, the live stream holds one.

const AT_ONCE = 3;
const waiting = [];
let running = 0;

async function fetchJson(url, signal) {
  const answer = await fetch(url, { headers: { accept: "application/json" }, signal });
  if (!answer.ok) throw new Error(await problem(answer));
  return answer.json();
}

async function problem(answer) {
  const body = await answer.json().catch(() => ({}));
  return [body.title ?? `The centre answered ${answer.status}`, body.detail].filter(Boolean).join(": ");
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    const job = waiting.shift();
    running++;
    job().finally(() => { running--; next(); });
  }
}

function historyUrl(tag, fromMs, toMs, points) {
  const query = new URLSearchParams({ tag, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), points: String(points) });
  return "api/v1/history?" + query;
}

/** History of one tag, at once. */
export const history = (tag, fromMs, toMs, points, signal) => fetchJson(historyUrl(tag, fromMs, toMs, points), signal);

/** The same, when there is room; `stillWanted` is asked before the request goes out. */
export function historyLater(tag, fromMs, toMs, points, stillWanted) {
  return new Promise((resolve, reject) => {
    waiting.push(async () => {
      if (!stillWanted()) return resolve(null);
      await history(tag, fromMs, toMs, points).then(resolve, reject);
    });
    next();
  });
}

/** True when the centre answers but asks for a login first. */
export async function loginNeeded() {
  const answer = await fetch("api/v1/agents", { headers: { accept: "application/json" } }).catch(() => null);
  return answer?.status === 401 || answer?.status === 403;
}
