import { useEffect } from "preact/hooks";
import { t } from "../language";
import { route } from "../router";

/** Name the page after its heading. A sheet comes later in the document, so its title wins while it is open. */
export function useTitle(heading: string): void {
  useEffect(() => {
    document.title = `${heading} · ${t.app}`;
  }, [heading, route.value]);
}
