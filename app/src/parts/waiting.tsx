import { weekOf } from "../dates";
import type { Item } from "../outbox";
import { go } from "../router";
import { type Session, needsPerson, online } from "../state";
import { Notice } from "./notice";

/** What did not arrive yet, of any week; and the way to what goes no further by itself. */
export function Waiting({ session }: { session: Session }) {
  const items = session.items.value;
  const first = items.find(needsPerson);
  if (!first && (online.value || items.length === 0)) return null; // what is just being sent is no news
  const look = (item: Item) => {
    if (item.kind === "decide") return go("/approve");
    const day = dayOf(item);
    if (day) void session.show(weekOf(day));
    go("/");
  };
  return (
    <Notice>
      {items.length === 1 ? "One change waits." : `${items.length} changes wait.`}
      {first && (
        <>
          {" "}
          {first.refused ? "Not all of it was accepted." : "Someone else changed the same."}
          <button onClick={() => look(first)}>Look at it</button>
        </>
      )}
    </Notice>
  );
}

/** The day under which it is listed. */
function dayOf(item: Item): string | undefined {
  const fields = "fields" in item ? item.fields : undefined;
  return fields?.date ?? ("base" in item ? item.base?.date : undefined);
}
