/* The page as an app: a worker that lets it open without a network. The one address that may become a script is this. */

const WORKER = "/page/sw.js";

/** Set the worker up where the browser has such; without it the page is the same. */
export function install() {
  if (!navigator.serviceWorker) return;
  const policy = globalThis.trustedTypes?.createPolicy("stylegraph-worker", { createScriptURL: () => WORKER });
  navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER, { scope: "/" }).catch(() => {}); // private windows refuse
}
