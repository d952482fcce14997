// The page works without this file. It adds four courtesies: nothing moves under a finger, a second tap of a nervous thumb does
// not press the button that has come in place of the first, a lost connection is said, and so is a tap that was lost with it.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const stream = document.getElementById("stream");
  const lost = document.getElementById("lost");
  const unsent = document.getElementById("unsent");
  const notice = document.getElementById("notice");
  const settle = 300; // ms after a finger has left
  const nervous = 600; // ms after a tap, and after what it brought, in which another is the same one
  const readable = 10000; // ms a notice stays

  let held = false;
  let late = false;
  let releasing = 0;
  const release = () => {
    held = false;
    if (late) {
      late = false;
      htmx.trigger(live, "again");
    }
  };
  addEventListener("pointerdown", () => {
    clearTimeout(releasing);
    held = true;
  });
  for (const up of ["pointerup", "pointercancel"]) {
    addEventListener(up, () => {
      clearTimeout(releasing);
      releasing = setTimeout(release, settle);
    });
  }
  for (const step of ["htmx:before:request", "htmx:before:swap"]) {
    document.addEventListener(step, (event) => {
      if (held && event.detail.ctx?.sourceElement === live) {
        late = true;
        event.preventDefault();
      }
    });
  }

  let tapped = -nervous;
  document.addEventListener("submit", (event) => {
    if (event.timeStamp - tapped < nervous) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    tapped = event.timeStamp;
    notice.replaceChildren();
    unsent.hidden = true;
  }, true);
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail.ctx?.sourceElement instanceof HTMLFormElement) tapped = event.timeStamp; // over a slow network the buttons change now
  });

  let fading = 0;
  new MutationObserver(() => {
    clearTimeout(fading);
    fading = setTimeout(() => notice.replaceChildren(), readable);
  }).observe(notice, { childList: true });

  let following = true; // the stream is open, or is being opened again by itself
  const say = () => { lost.hidden = document.hidden; };
  stream.addEventListener("htmx:sse:after:connection", () => { lost.hidden = true; });
  stream.addEventListener("htmx:sse:error", say);
  stream.addEventListener("htmx:sse:close", () => {
    following = false;
    say();
  });
  for (const failed of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(failed, (event) => {
      const source = event.detail.ctx?.sourceElement;
      if (source === stream) following = false;
      if (source === stream || failed === "htmx:error") say();
      if (failed === "htmx:error" && source instanceof HTMLFormElement) unsent.hidden = false;
    });
  }

  let open = Number(document.getElementById("tabs").dataset.open);
  document.addEventListener("htmx:after:swap", () => {
    const now = Number(document.getElementById("tabs")?.dataset.open ?? 0);
    if (now > open) navigator.vibrate?.(200);
    open = now;
    if (following) return;
    following = true; // the agent answers again
    htmx.trigger(stream, "again");
  });
})();
