// The little that the pages do by themselves. Without it everything still works.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // After an error the summary is what is read first.
  document.querySelector("[data-focus]")?.focus();

  // A note for the journal goes to the clipboard in one click. Without a clipboard its text unfolds, to be copied by hand.
  for (const button of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
    const text = document.getElementById(button.dataset.copies);
    const folded = text.closest("details");
    button.hidden = false;
    folded.hidden = true;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        button.lastElementChild.textContent = button.dataset.said;
        document.getElementById("copied").textContent = button.dataset.said;
      } catch {
        folded.hidden = false;
        folded.open = true;
        text.select();
      }
    });
  }
});

// A part that is swapped stays as one left it: unfolded, and what has the focus or lies under the mouse stands where it stood.
let left = null;
let mouse = null;
for (const moved of ["pointermove", "pointerdown"]) {
  document.addEventListener(moved, ({ pointerType, clientX, clientY }) => { mouse = pointerType === "mouse" ? [clientX, clientY] : null; });
}
const standsAt = (each) => each.getBoundingClientRect().top;
const found = (each) => each?.closest("label")?.control ?? each?.closest("[id]");
const isSeen = (each) => standsAt(each) < window.innerHeight && each.getBoundingClientRect().bottom > 0;
document.addEventListener("htmx:beforeSwap", ({ detail: { target: part } }) => {
  const folds = [...part.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
  const focused = [document.activeElement].filter((each) => each !== document.body && isSeen(each));
  const pointedAt = mouse ? [document.elementFromPoint(...mouse)] : [];
  const inside = found([...focused, ...pointedAt].find((each) => part.contains(each)));
  const held = [inside, ...focused].filter(Boolean).map((each) => [each, standsAt(each)]);
  left = { id: part.id, scrolled: part.scrollTop, folds, held };
});
document.addEventListener("htmx:afterSettle", () => {
  const part = left && document.getElementById(left.id);
  if (!part) return;
  for (const [id, open] of left.folds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  part.scrollTop = left.scrolled;
  const scrollsItself = getComputedStyle(part).overflowY === "auto";
  for (const [each, was] of left.held) {
    const same = each.isConnected ? each : document.getElementById(each.id);
    const scroller = scrollsItself && part.contains(same) ? part : window;
    if (same) scroller.scrollBy({ top: standsAt(same) - was, behavior: "instant" });
  }
  left = null;
  // What was kept has an address of its own: reloading leads back to it.
  const at = document.querySelector("form[data-draft]")?.dataset.draft;
  if (at && window.location.pathname !== at) window.history.replaceState(null, "", at);
});

// What was not done is said in the page's words, until something is done again. What goes on in the background nobody waits for.
const unanswered = (words) => {
  const said = words ? [document.getElementById(`unanswered-${words}`).content.cloneNode(true)] : [];
  document.getElementById("unanswered").replaceChildren(...said);
  // The box must not lie on the field that one types in.
  const at = document.activeElement;
  if (words && at !== document.body && isSeen(at)) at.scrollIntoView({ block: "nearest", behavior: "instant" });
};
const hears = (event, words) => document.addEventListener(event, ({ detail }) => {
  if (!detail.requestConfig.headers["X-Background"]) unanswered(words(detail.xhr));
});
hears("htmx:beforeOnLoad", () => null);
hears("htmx:sendError", () => "failed");
hears("htmx:timeout", () => "failed");
hears("htmx:responseError", (answer) => (answer.status === 404 ? "gone" : "failed"));
window.addEventListener("online", () => {
  // The network is back: what was typed meanwhile is kept at once.
  if (document.querySelector("#unanswered > *")) document.querySelector("form[data-draft]")?.dispatchEvent(new Event("input"));
});

// Whoever changes the language keeps what they have typed: it is written down first, and the page comes back to it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const typed = document.querySelector("form[data-draft]");
  if (!typed || !form.matches("[data-keeps-draft]:not([data-kept])")) return;
  event.preventDefault();
  const button = event.submitter;
  form.dataset.kept = "yes";
  form.elements.namedItem("next").value = typed.dataset.draft;
  const data = new URLSearchParams(new FormData(typed));
  data.set("do", "match");
  const kept = await window.fetch(typed.action, { method: "POST", body: data }).catch(() => null);
  if (kept?.ok) { form.requestSubmit(button); return; }
  delete form.dataset.kept;
  unanswered("failed");
});

// A step was taken on a row of a list: the keyboard goes on at the next row.
document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.target;
  if (!(row instanceof HTMLElement) || !row.matches("[data-acted]")) return;
  (row.nextElementSibling?.querySelector(".task-what a, a, button") ?? row).focus();
});

// Shortly before one is signed out a box asks whether one is still there. What is open elsewhere counts too: the server is asked.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("time-out");
  if (!box) return;
  const warn = Number(box.dataset.warn);
  const form = box.querySelector("form");
  const button = box.querySelector("button");
  const over = box.querySelector("[data-over]");
  let changed = false;
  document.addEventListener("input", (event) => { changed ||= Boolean(event.target.closest("main")); });

  const ask = async (options) => {
    try {
      const answer = await window.fetch(box.dataset.asks, options);
      return answer.ok ? (await answer.json()).left : null;
    } catch {
      return null; // the network is away: asked again later
    }
  };
  const look = async () => {
    const left = await ask({ headers: { "X-Background": "yes" } });
    if (left === null) { window.setTimeout(look, 10_000); return; }
    if (left === 0) { ended(); return; }
    const was = document.activeElement;
    box.hidden = left > warn;
    if (!box.hidden && !box.contains(was)) button.focus();
    window.setTimeout(look, 1000 * (left > warn ? left - warn : Math.min(left + 1, 15)));
  };
  const ended = () => {
    // Nothing of ours stands here: away with what others could read over a shoulder.
    if (!changed) { window.location.reload(); return; }
    box.hidden = false;
    button.hidden = true;
    over.hidden = false;
    over.previousElementSibling.hidden = true;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const left = await ask({ method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (left === 0) { ended(); return; }
    if (left) box.hidden = true;
  });
  window.setTimeout(look, 1000 * Math.max(0, Number(box.dataset.left) - warn));
});

// Passkeys: the browser makes the proof, the form carries it. Where a browser cannot, the form stays hidden.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return;
  for (const other of document.querySelectorAll("[data-without-passkeys]")) other.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const said = form.querySelector("[data-said]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        form.elements.namedItem("credential").value = JSON.stringify(await proof(form));
        form.submit();
      } catch {
        said.textContent = said.dataset.said;
      }
    });
  }
});
async function proof(form) {
  const asked = form.dataset.asks
    ? await (await window.fetch(form.dataset.asks, { headers: { Accept: "application/json" } })).json()
    : JSON.parse(document.getElementById(form.dataset.options).textContent);
  if (form.dataset.passkey === "create") {
    const { publicKey } = asked.creation_options;
    // A passkey stands for the password too: it lies on the machine and asks who is there.
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  }
  const { publicKey } = asked.request_options;
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}
