import "fake-indexeddb/auto";
import type { DBSchema } from "idb";
import { expect, test, vi } from "vitest";
import { Connection } from "./connection";

interface Schema extends DBSchema {
  notes: { key: string; value: string };
}

let names = 0;

function open() {
  return Connection.open<Schema>(`notes ${names++}`, 1, {
    upgrade: (database) => void database.createObjectStore("notes"),
  });
}

/** Close the connection as a browser does. */
async function lose(connection: Connection<Schema>) {
  await connection.run(async (database) => database.close());
}

test("a lost connection is opened again", async () => {
  const connection = await open();
  await connection.put("notes", "first", "a");
  await lose(connection);
  await connection.write(["notes"], (transaction) => transaction.objectStore("notes").put("second", "b"));
  await lose(connection);
  const reads = [connection.get("notes", "a"), connection.get("notes", "b"), connection.getAll("notes")];
  expect(await Promise.all(reads)).toEqual(["first", "second", ["first", "second"]]);
});

test("a connection that the app closed stays closed", async () => {
  const connection = await open();
  connection.close();
  await expect(connection.getAll("notes")).rejects.toMatchObject({ name: "InvalidStateError" });
});

test("an interrupted job is not repeated, and the next one gets a new connection", async () => {
  const connection = await open();
  const job = vi.fn(async () => {
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  });
  await expect(connection.run(job)).rejects.toThrow("server lost");
  expect(job).toHaveBeenCalledTimes(1);
  await connection.put("notes", "kept", "a");
  expect(await connection.getAll("notes")).toEqual(["kept"]);
});

test("another error leaves the connection as it is", async () => {
  const connection = await open();
  const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  await expect(connection.put("notes", "lost", "a")).rejects.toThrow("full");
  full.mockRestore();
  expect(await connection.getAll("notes")).toEqual([]);
});

test("a transaction that fails stores nothing", async () => {
  const connection = await open();
  await connection.put("notes", "kept", "a");
  const failure = connection.write(["notes"], async (transaction) => {
    await transaction.objectStore("notes").delete("a");
    throw new DOMException("full", "QuotaExceededError");
  });
  await expect(failure).rejects.toMatchObject({ name: "QuotaExceededError" });
  expect(await connection.getAll("notes")).toEqual(["kept"]);
});
