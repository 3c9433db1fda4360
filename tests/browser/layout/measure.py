"""Measure the page: what overlaps, what is cut off, and how large bars and touch targets are."""

MEASURE = """
(mainStates) => {
const MIN_TARGET = 44, MIN_IN_LINES = 24, MIN_BAR = 24, ROUNDING = 1; // in CSS pixels
const PANELS = ["why", "taught", "history", "model", "about"];
const problems = new Set(), figures = { target: Infinity, bar: Infinity };
const find = (selector) => document.querySelector(selector);
const boxOf = (selector) => find(selector).getBoundingClientRect();

// Returns a box for each line of the element's own text. Each box is only as high as the font: the
// browser's own line boxes are higher, and those of neighbouring lines can overlap.
function lineBoxes(element) {
  const range = document.createRange(), boxes = [];
  for (const node of element.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
    range.selectNodeContents(node);
    boxes.push(...range.getClientRects());
  }
  const half = parseFloat(getComputedStyle(element).fontSize) / 2;
  return boxes.map(({ left, right, top, bottom }) => {
    const middle = (top + bottom) / 2;
    return { left, right, top: middle - half, bottom: middle + half };
  });
}

// Returns the part of a box that is visible: a list that scrolls hides the rest.
function visiblePart(element, { left, right, top, bottom }) {
  const list = element.closest("#history-list, #taught-list")?.getBoundingClientRect();
  return {
    left,
    right,
    top: Math.max(top, list?.top ?? top),
    bottom: Math.min(bottom, list?.bottom ?? bottom),
  };
}

const hasText = (element) =>
  [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
const isShown = (element) => !element.closest("[popover], #spoken")
  && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const nameOf = (element) => {
  const id = element.closest("[id]")?.id ?? "", own = element.id ? "" : ` ${element.localName}`;
  return `#${id}${own}${element.className ? "." + element.className : ""}`;
};

// Returns all texts, controls, images and bars that a user sees in an element, except those on the
// sheet.
function visibleItems(root) {
  const items = [];
  for (const element of root.querySelectorAll("*")) {
    if (!isShown(element) || (element.closest("#paper") && element.id !== "sheet")) continue;
    const boxes = [];
    if (element.matches("button, summary, canvas, progress, .bar, input[type=radio]"))
      boxes.push([false, element.getBoundingClientRect()]);
    if (hasText(element)) boxes.push(...lineBoxes(element).map((box) => [true, box]));
    for (const [isText, fullBox] of boxes) {
      const box = visiblePart(element, fullBox);
      if (box.right > box.left && box.bottom > box.top) items.push({ element, isText, box });
    }
  }
  return items;
}

const belongTogether = (one, other) => one.contains(other) || other.contains(one)
  || (one.parentElement === other.parentElement && one.parentElement.matches("label"));

function findOverlaps(items, state) {
  const byTop = items.toSorted((one, other) => one.box.top - other.box.top);
  for (const [index, { element, box }] of byTop.entries()) {
    for (const other of byTop.slice(index + 1)) {
      if (other.box.top > box.bottom - ROUNDING) break;
      const right = Math.min(box.right, other.box.right);
      const across = right - Math.max(box.left, other.box.left);
      const down = Math.min(box.bottom, other.box.bottom) - other.box.top;
      if (across > ROUNDING && down > ROUNDING && !belongTogether(element, other.element))
        problems.add(`${state}: ${nameOf(element)} overlaps ${nameOf(other.element)}`);
    }
  }
}

// A text has to stay within the nearest of these elements; everything else, within the window.
const FRAMES = "button, summary, header, .draw, .answer, .panels, .news, footer";

function findCuts(items, state) {
  if (document.documentElement.scrollWidth > innerWidth)
    problems.add(`${state}: the page scrolls sideways`);
  for (const { element, isText, box } of items) {
    const frame = isText ? element.closest(FRAMES)?.getBoundingClientRect() : null;
    const left = Math.max(frame?.left ?? 0, 0);
    const right = Math.min(frame?.right ?? innerWidth, innerWidth);
    const isClipped = isText && element.scrollWidth > element.clientWidth + ROUNDING
      && getComputedStyle(element).overflowX !== "visible";
    if (box.left < left - ROUNDING || box.right > right + ROUNDING || isClipped)
      problems.add(`${state}: ${nameOf(element)} is cut off`);
  }
}

// Links within sentences may be small. The digits of a long number may be narrower than MIN_TARGET,
// because they share the width of the number. Some signs are wider than digits, others narrower;
// --count is the width of the widest line, measured in widths of a digit. On several lines,
// MIN_IN_LINES is enough.
function findSmallTargets(root, state) {
  const count = parseFloat(getComputedStyle(find(".digits")).getPropertyValue("--count"));
  const share = find(".digits").clientWidth / count;
  for (const element of root.querySelectorAll("button, summary, #choices label, a[href]")) {
    if (!isShown(element) || element.closest("p")) continue;
    const target = element.matches("#about-list a") ? element.closest("li") : element;
    const { width, height } = target.getBoundingClientRect();
    const isChoice = element.matches("#choices label");
    const needed = isChoice && find("#choices").childElementCount > 1 ? MIN_IN_LINES : MIN_TARGET;
    const neededWidth = isChoice ? Math.min(needed, share) : needed;
    if (width < neededWidth - 0.5 || height < needed - 0.5)
      problems.add(`${state}: ${nameOf(element)} is a target of ${width} x ${height}`);
    if (!isChoice) figures.target = Math.min(figures.target, width, height);
  }
}

function findSmallBars(state) {
  for (const bar of document.querySelectorAll("#bars .bar")) {
    const { width } = bar.getBoundingClientRect();
    figures.bar = Math.min(figures.bar, width);
    if (width < MIN_BAR) problems.add(`${state}: a bar is ${width} wide`);
  }
}

function check(root, state) {
  const items = visibleItems(root);
  findOverlaps(items, state);
  findCuts(items, state);
  findSmallTargets(root, state);
}

// In STATES_WITHOUT_MOVES, FIXED_ELEMENTS must be where they are on the empty page.
const STATES_WITHOUT_MOVES = ["starting", "one", "four", "eight", "sum"];
const FIXED_ELEMENTS = ["#sheet", "#undo", "#bars", "#bars li:nth-child(10)", "#seen", ".panels"];
const places = () => JSON.stringify(FIXED_ELEMENTS.map(boxOf));

scrollTo(0, 0);
let placesWhenEmpty = "";
for (const [state, main] of Object.entries(mainStates)) {
  find("main").replaceWith(main);
  check(state === "messages" ? document.body : main, state); // with messages, the page is longest
  findSmallBars(state);
  if (state === "empty") placesWhenEmpty = places();
  else if (STATES_WITHOUT_MOVES.includes(state) && places() !== placesWhenEmpty)
    problems.add(`${state}: elements have moved: ${placesWhenEmpty} ${places()}`);
  if (state === "eight") figures.digit = parseFloat(getComputedStyle(find("#digit")).fontSize);
}
for (const panel of PANELS) {
  const details = document.getElementById(panel);
  details.open = true;
  check(details, panel);
  details.open = false;
}
const sheet = boxOf("#sheet"), bars = boxOf("#bars");
const items = [...document.querySelectorAll("#bars li:nth-child(-n + 10)")];
const itemBoxes = items.map((item) => item.getBoundingClientRect());
Object.assign(figures, {
  sheet: sheet.width,
  isSquare: Math.abs(sheet.width - sheet.height) < 0.5,
  beside: bars.left > sheet.right,
  columns: new Set(itemBoxes.map((box) => box.left)).size,
  lastBar: Math.max(...itemBoxes.map((box) => box.bottom)),
  sheetToBars: bars.bottom - sheet.top,
  usedWidth: (Math.max(sheet.right, boxOf(".answer").right) - sheet.left) / innerWidth,
});
return { problems: [...problems], figures };
}
"""
"""A JavaScript function that measures the page in the current window.

Its argument is an object with a copy of the element `main` for each state. It shows one copy after
another, then opens each panel. It returns the problems that it has found, and the measured figures.
"""
