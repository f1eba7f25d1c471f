/* What stands in the place of a conversation: a piece by itself, what turns cost. Each has an address of its own. */

const VIEWS = { piece: () => import("./piece.js"), usage: () => import("./usage.js") };

/** What the address asks for: `{ view, value }`; null for a conversation. */
export function asked(search) {
  const said = new URLSearchParams(search);
  const view = Object.keys(VIEWS).find((name) => said.has(name));
  return view ? { view, value: said.get(view) } : null;
}

/** Show a view in `place`, and call the window by its name, unless something else is asked for meanwhile. */
export async function show({ view, value }, place, does) {
  const address = location.href;
  place.replaceChildren();
  const { open } = await VIEWS[view]();
  const name = await open(place, value, does);
  if (name && location.href === address) document.title = `${name} · stylegraph`;
}

/** Let a link of the page lead on without loading it anew, unless it is to be opened elsewhere. `go(address)` leads there. */
export function followInside(go) {
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[data-inside]");
    if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    anchor.closest("dialog")?.close();
    go(anchor.getAttribute("href"));
  });
}
