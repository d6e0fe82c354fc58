// What the officer does reaches the server in the order it was done: one action at a time, and the
// next when the one before is done. Pages ask in parallel, and what was asked first may come second.

const PATIENCE_MS = 5000; // An answer that was lost holds nothing up for longer.

/** `run(start)` starts an action now or when those before it are done; `done()` ends the one under way. */
export function inOrder(patienceMs = PATIENCE_MS) {
  const waiting = [];
  let timer = null;
  function go() {
    const start = waiting.shift();
    timer = start ? setTimeout(go, patienceMs) : null;
    start?.();
  }
  return {
    run(start) {
      waiting.push(start);
      if (timer === null) go();
    },
    done() {
      if (timer === null) return;
      clearTimeout(timer);
      go();
    },
  };
}

/** Hold clicks on the buttons of a selector back until their turn. */
export function clicksInOrder(selector, queue) {
  let inTurn = null;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(selector);
    if (!button || button === inTurn) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    queue.run(() => {
      inTurn = button;
      // A click() within a click() on the same button would be ignored.
      button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      inTurn = null;
    });
  }, true);
}
