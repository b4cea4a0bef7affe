// Keeps the page's own files, so that a screen that is started while the centre is away still opens and says so.
// The centre's answer always comes first; data is never kept.
const CACHE = "penstock-page";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = event.request.method === "GET" && url.origin === location.origin;
  const page = ours && (url.pathname === "/" || /^\/(js|css|vendor)\/|^\/icon\.svg$/.test(url.pathname));
  if (page) event.respondWith(fromCentre(event.request, url.pathname));
});

async function fromCentre(request, path) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(path, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(path);
    if (kept) return kept;
    throw error;
  }
}
