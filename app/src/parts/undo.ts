import { t } from "../language";
import type { Session } from "../offline/session";
import { showToast } from "../toast";

/** Show a message about changes, with a button that takes them back; without one if there is nothing to send. */
export function showUndo(
  session: Session,
  text: string,
  numbers: number[],
  tooLate: string = t.tooLateToUndo,
): void {
  const undo = async () => {
    if (!(await session.undo(numbers))) showToast(tooLate);
  };
  showToast(text, numbers.length ? undo : undefined);
}
