const MIN_SWIPE = 60; // pixels

/** Return the handlers of a swipe: to the right turns one back. */
export function swipe(turn: (count: number) => void) {
  let start: Touch | undefined;
  return {
    onTouchStart: (event: TouchEvent) => {
      start = event.touches[0];
    },
    onTouchEnd: (event: TouchEvent) => {
      const end = event.changedTouches[0];
      if (!start || !end) return;
      const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
      if (Math.abs(x) > MIN_SWIPE && Math.abs(x) > 2 * Math.abs(y)) turn(x > 0 ? -1 : 1);
    },
  };
}
