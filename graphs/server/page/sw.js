/* Lets the page open without a network: its own files, asked for first and kept for then. Nothing that people wrote is kept. */

const SHELL = "stylegraph-page";
const isShell = ({ pathname }) => pathname === "/" || pathname.startsWith("/page/");

self.addEventListener("install", (event) => event.waitUntil(begin()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === location.origin && isShell(url)) event.respondWith(fresh(event.request, url.pathname));
});

/** Keep the page with the files that it names. */
async function begin() {
  const page = await (await fetch("/")).text();
  await (await caches.open(SHELL)).addAll(["/", ...new Set(page.match(/\/page\/[\w./-]+/g))]);
  await self.skipWaiting();
}

async function fresh(request, path) {
  const kept = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(path, answer.clone());
    return answer;
  } catch (error) {
    const known = await kept.match(path);
    if (known) return known;
    throw error;
  }
}
