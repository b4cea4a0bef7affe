// Hands the files the page was built from to the service worker's cache. Only where browsers offer one:
// over https and on loopback. The page works without it.

const CACHE = "penstock-page";
const LATER = ["/", "/vendor/uplot/uPlot.iife.min.js", "/vendor/uplot/uPlot.min.css"];

export async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("sw.js");
    const loaded = performance.getEntriesByType("resource").map((r) => new URL(r.name));
    const files = loaded.filter((u) => u.origin === location.origin && /\.(js|css|svg)$/.test(u.pathname)).map((u) => u.pathname);
    await (await caches.open(CACHE)).addAll([...new Set([...LATER, ...files])]);
    document.documentElement.dataset.kept = "";
  } catch {
    // A full or forbidden storage costs only the start without a centre.
  }
}
