/** The local storage of this device. Where the browser blocks it or it is full, values last as long as the page. */

export function readLocal(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Store a value, or remove it if it is undefined. */
export function writeLocal(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // The person sees the value until the page is closed.
  }
}
