/* Where one reads: a question goes to the top and its answer grows below; a button leads to the end of the answer. */

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Watches the place in `scroll`, which shows `log`. `toEnd`: the button, shown while the end is further down. */
export class Reading {
  constructor(scroll, log, toEnd) {
    this.scroll = scroll;
    this.log = log;
    this.toEnd = toEnd;
    toEnd.addEventListener("click", () => this.end());
    scroll.addEventListener("scroll", () => this.look(), { passive: true });
    const sizes = new ResizeObserver(() => this.look());
    sizes.observe(scroll);
    sizes.observe(log);
    new MutationObserver(() => this.look()).observe(log, { childList: true, subtree: true });
  }

  /** Where the newest answer ends; below it there may be room that its question needed to get to the top. */
  get last() {
    return this.log.lastElementChild?.lastElementChild ?? null;
  }

  look() {
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      const below = this.last ? this.last.getBoundingClientRect().bottom - this.scroll.getBoundingClientRect().bottom : 0;
      this.toEnd.hidden = below < 24;
    });
  }

  /** Bring a turn to the top, once what has changed with it is painted. */
  top(node, { smooth = true } = {}) {
    requestAnimationFrame(() => node.scrollIntoView({ block: "start", behavior: smooth && !still() ? "smooth" : "auto" }));
  }

  /** Go to the question before or after the one that is read. */
  step(by) {
    const tops = [...this.log.children].map((node) => ({ node, top: node.getBoundingClientRect().top - this.scroll.getBoundingClientRect().top }));
    const next = by < 0 ? tops.findLast(({ top }) => top < -4) : tops.find(({ top }) => top > 4);
    if (!next) return;
    next.node.scrollIntoView({ block: "start" }); // at once, so that the next key finds it there
    next.node.focus({ preventScroll: true });
  }

  end() {
    const { scroll, last } = this;
    const below = last.getBoundingClientRect().bottom - scroll.getBoundingClientRect().bottom;
    scroll.scrollBy({ top: below + 32, behavior: still() ? "auto" : "smooth" });
    last.focus({ preventScroll: true });
  }
}
