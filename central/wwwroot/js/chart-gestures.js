// Wheel, pinch, drag with one finger or with Shift, and keys on the large trend.
// A plain drag with the mouse selects a stretch; uPlot reports that itself.

const KEYS = {
  ArrowLeft: (act) => act.pan(-0.2), ArrowRight: (act) => act.pan(0.2),
  "+": (act) => act.zoom(0.5, 0.5), "=": (act) => act.zoom(0.5, 0.5), "-": (act) => act.zoom(2, 0.5),
  Home: (act) => act.reset(), 0: (act) => act.reset(), End: (act) => act.reset(),
};

/** `act` = { zoom(factor, at), pan(share), reset() }. */
export function watchGestures(over, act) {
  over.addEventListener("wheel", (e) => wheel(e, over, act), { passive: false });
  over.addEventListener("dblclick", () => act.reset());
  const fingers = new Map();
  over.addEventListener("pointerdown", (e) => down(e, over, fingers), { capture: true });
  over.addEventListener("pointermove", (e) => move(e, over, fingers, act));
  for (const end of ["pointerup", "pointercancel"]) over.addEventListener(end, (e) => fingers.delete(e.pointerId));
  over.addEventListener("mousedown", (e) => { if (e.shiftKey || e.button === 1) e.stopImmediatePropagation(); }, { capture: true });
}

export function keyGesture(event, act) {
  const done = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
  if (done) { done(act); event.preventDefault(); }
}

function wheel(e, over, act) {
  e.preventDefault();
  const { left, width } = over.getBoundingClientRect();
  const across = e.shiftKey ? e.deltaY || e.deltaX : Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : 0;
  if (across) act.pan(across / width);
  else act.zoom(Math.exp(Math.max(-1, Math.min(1, e.deltaY * 0.003))), (e.clientX - left) / width);
}

function down(e, over, fingers) {
  const pans = e.pointerType !== "mouse" || e.shiftKey || e.button === 1;
  if (!pans) return;
  fingers.set(e.pointerId, e.clientX);
  over.setPointerCapture(e.pointerId);
}

function move(e, over, fingers, act) {
  const before = fingers.get(e.pointerId);
  if (before === undefined) return;
  const { left, width } = over.getBoundingClientRect();
  const other = [...fingers.entries()].find(([id]) => id !== e.pointerId)?.[1];
  if (other === undefined) act.pan((before - e.clientX) / width);
  else pinch(before, e.clientX, other, left, width, act);
  fingers.set(e.pointerId, e.clientX);
}

function pinch(before, after, other, left, width, act) {
  const [was, is] = [Math.abs(before - other), Math.abs(after - other)];
  if (was < 10 || is < 10) return;
  act.zoom(was / is, Math.min(1, Math.max(0, ((after + other) / 2 - left) / width)));
}
