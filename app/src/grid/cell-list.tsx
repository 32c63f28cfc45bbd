import { formats } from "../fields/formats";
import { isolated } from "../fields/text";
import { Mark } from "../parts/icon";
import { markOf, stateOf } from "../parts/entry-state";
import { Sheet } from "../parts/sheet";
import { UserText } from "../parts/user-text";
import { editPath } from "../router";
import type { Cell } from "./cells";

const { shortDay, inHours } = formats();

/** The entries of a cell that has several, each as a link. */
export function CellList({ cell, close }: { cell: Cell; close: () => void }) {
  return (
    <Sheet title={`${isolated(cell.project)}, ${shortDay(cell.date)}`} close={close}>
      <ul class="body">
        {cell.entries.map((entry) => (
          <li key={entry.id}>
            <a class="entry" href={editPath(entry.id)}>
              <Mark state={markOf(entry)} />
              <UserText>{entry.notes ?? entry.project}</UserText>
              <span class="hours">{inHours(entry.hours)}</span>
              <span class="sr">, {stateOf(entry)}</span>
            </a>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
