import { weekOf } from "../fields/dates";
import { type Item, isStalled } from "../offline/items";
import { type Session, online } from "../offline/session";
import { go } from "../router";
import { Notice } from "./notice";

/** The number of unsent changes of any week, with a button that leads to the first stalled one. */
export function Unsent({ session }: { session: Session }) {
  const items = session.items.value;
  const stalled = items.find(isStalled);
  // Items that are being sent need no notice.
  if (!stalled && (online.value || items.length === 0)) return null;
  return (
    <Notice>
      {items.length === 1 ? "1 change is not sent." : `${items.length} changes are not sent.`}
      {stalled && (
        <>
          {stalled.refused ? " The server refused a change." : " An entry was also changed elsewhere."}
          <button type="button" onClick={() => open(stalled, session)}>
            Review
          </button>
        </>
      )}
    </Notice>
  );
}

/** Go to the screen that lists the entry of an item. */
function open(item: Item, session: Session): void {
  const fields = "fields" in item ? item.fields : undefined;
  const day = fields?.date ?? item.base?.date;
  if (item.kind !== "decide" && day) void session.show(weekOf(day));
  go(item.kind === "decide" ? "/approve" : "/");
}
