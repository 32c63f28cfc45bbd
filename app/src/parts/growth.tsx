import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../language";

const STEP = 60; // items

/** Show the first items of a long list, and more of them as its end comes into view. */
export function useGrowth(count: number, step = STEP) {
  const [shown, setShown] = useState(step);
  const rest = count - shown;
  return {
    shown,
    // An observer reports only changes, so that each end needs its own: the next one may be in view at once.
    end: rest > 0 && <End key={shown} rest={rest} reached={() => setShown(shown + step)} />,
  };
}

/** The end of the shown items. */
function End({ rest, reached }: { rest: number; reached: () => void }) {
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && reached(), {
      rootMargin: "600px",
    });
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <p ref={end} class="more">
      {t.moreAsYouScroll(rest)}
    </p>
  );
}
