// What axe cannot see. Each check answers with a list of sentences; an empty list is content.
"use strict";

window.lookedAt = (() => {
  const FOCUSABLE = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';

  const shown = (each) => each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length > 0;
  const called = (each) =>
    `<${each.tagName.toLowerCase()}${each.id ? ` #${each.id}` : ""}> ${(each.innerText || each.name || "").trim().slice(0, 40)}`;
  const focusable = () => [...document.querySelectorAll(FOCUSABLE)].filter((each) => !each.disabled && shown(each));
  // A box or a dot is drawn by its label: that is what one sees and hits.
  const seen = (each) => (["checkbox", "radio"].includes(each.type) && each.labels?.[0]) || each;
  const look = (each) =>
    [each, seen(each)]
      .flatMap((one) => [getComputedStyle(one), getComputedStyle(one, "::before")])
      .map((style) => [style.outline, style.boxShadow, style.border, style.backgroundColor, style.textDecoration].join())
      .join();

  const focus = () => {
    const wrong = [];
    document.activeElement?.blur();
    const before = new Map(focusable().map((each) => [each, look(each)]));
    for (const [each, plain] of before) {
      if (each.matches(".skipnav")) continue; // slides in; it has a test of its own
      if (each.tabIndex > 0) wrong.push(`tabindex ${each.tabIndex}: ${called(each)}`);
      each.focus({ preventScroll: true });
      seen(each).scrollIntoView({ block: "nearest", behavior: "instant" }); // as the browser would, but at once
      if (document.activeElement !== each) wrong.push(`cannot be reached: ${called(each)}`);
      else if (look(each) === plain) wrong.push(`focus does not show: ${called(each)}`);
      const box = seen(each).getClientRects()[0];
      const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + box.height / 2];
      const top = document.elementFromPoint(x, y);
      const same = top && (each.contains(top) || seen(each).contains(top) || top.contains(each) || top.closest("label")?.control === each);
      if (!same) wrong.push(`focus is hidden: ${called(each)} behind ${top ? called(top) : "the edge"}`);
    }
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    return wrong;
  };

  // A box that stands on the window has no place in the columns of the page.
  const floats = (each) => getComputedStyle(each).position === "fixed" || (each.parentElement && floats(each.parentElement));

  // One goes down a column, or to a column further to the right; never back up the one that one is in.
  const order = () => {
    const wrong = [];
    let last = null;
    for (const each of focusable()) {
      const box = seen(each).getBoundingClientRect();
      if (last && !floats(each)) {
        const up = box.bottom <= last.box.top + 1;
        const sameColumn = box.left < last.box.right && last.box.left < box.right;
        if (up && sameColumn) wrong.push(`goes up: from ${called(last.each)} to ${called(each)}`);
      }
      last = { each, box };
    }
    return wrong;
  };

  const targets = () => {
    const wrong = [];
    for (const each of focusable()) {
      const target = seen(each);
      const inText = getComputedStyle(target).display === "inline";
      const box = target.getBoundingClientRect();
      if (!inText && (box.width < 24 || box.height < 24) && !target.closest(".skipnav, .sr-only"))
        wrong.push(`smaller than 24 px: ${called(each)} ${Math.round(box.width)} × ${Math.round(box.height)}`);
    }
    return wrong;
  };

  const overflow = () => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > width + 1);
    return [`scrolls sideways: ${called(wide.at(-1) ?? document.body)}`];
  };

  // Text that a box of its own cuts off.
  const clipped = () =>
    [...document.querySelectorAll("main *, header *, footer *")]
      .filter((each) => shown(each) && !each.matches(".sr-only, .sr-only *, select, svg, svg *, textarea, input"))
      .filter((each) => ["hidden", "clip"].includes(getComputedStyle(each).overflowY) && each.scrollHeight > each.clientHeight + 2)
      .map((each) => `cut off: ${called(each)}`);

  const larger = () => {
    document.documentElement.style.fontSize = `${parseFloat(getComputedStyle(document.documentElement).fontSize) * 2}px`;
    const wrong = [...overflow(), ...clipped()];
    document.documentElement.style.fontSize = "";
    return wrong;
  };

  const summary = () => {
    const wrong = [];
    const found = document.querySelector(".error-summary");
    if (!found) return ["there is no error summary"];
    if (document.activeElement !== found) wrong.push("the error summary has no focus");
    const title = document.querySelector("main h1");
    if (title && !(found.compareDocumentPosition(title) & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push("the summary is not above the h1");
    for (const link of found.querySelectorAll("a")) {
      link.click();
      const field = document.activeElement;
      if (!field?.matches("input, select, textarea")) wrong.push(`leads to no field: ${link.innerText}`);
      else if (!field.closest(".form-group")?.innerText.includes(link.innerText.split(": ").at(-1).trim()))
        wrong.push(`the field does not say the same: ${link.innerText}`);
    }
    if (!found.querySelector("li")) wrong.push("the summary is empty");
    found.focus();
    return wrong;
  };

  const still = () => {
    const moving = [...document.querySelectorAll("body *")].filter((each) => {
      const style = getComputedStyle(each);
      return [style.transitionDuration, style.animationDuration].some((value) => value.split(",").some((one) => parseFloat(one) > 0.01));
    });
    const smooth = getComputedStyle(document.documentElement).scrollBehavior === "smooth" ? ["the page scrolls smoothly"] : [];
    return [...smooth, ...moving.slice(0, 3).map((each) => `moves: ${called(each)}`)];
  };

  // With the reader's own colours a background says nothing: what can be pressed or filled in has an edge or a line.
  const edges = () =>
    focusable()
      .filter((each) => each.matches("main a, main button, main input:not([type='radio'], [type='checkbox']), main select, main textarea"))
      .filter((each) => {
        const style = getComputedStyle(each);
        return parseFloat(style.borderBottomWidth) === 0 && !style.textDecorationLine.includes("underline");
      })
      .map((each) => `has no edge: ${called(each)}`);

  const printed = () => {
    const wrong = [];
    for (const each of document.querySelectorAll(".site-header, .skipnav, .site-footer, main button, .search-form"))
      if (shown(each)) wrong.push(`is printed: ${called(each)}`);
    const title = document.querySelector("main h1");
    if (!title || !shown(title)) wrong.push("the title is not printed");
    for (const each of document.querySelectorAll("main a"))
      if (shown(each) && getComputedStyle(each).color !== "rgb(0, 0, 0)") wrong.push(`is not printed in black: ${called(each)}`);
    return wrong;
  };

  const help = () => document.querySelector("#help")?.outerHTML ?? "";
  // Where the block of help stands among all that one can reach: the same on every page of the same kind of reader.
  const helpIsFirst = () => {
    const reached = focusable().filter((each) => !each.matches(".skipnav"));
    return reached[0]?.closest("#help") ? [] : [`not the help stands first but ${called(reached[0])}`];
  };

  return { focus, order, targets, overflow, larger, summary, still, edges, printed, help, helpIsFirst };
})();
