import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../language";

const STEP = 60; // items

/** Show the first items of a long list, and more of them as its end comes into view. */
export function useGrowth(count: number, step = STEP) {
  const [shown, setShown] = useState(step);
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting && setShown((before) => before + step),
      { rootMargin: "600px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown, count > shown]);
  const rest = count - shown;
  return {
    shown,
    end: rest > 0 && (
      <p ref={end} class="more">
        {t.moreAsYouScroll(rest)}
      </p>
    ),
  };
}
