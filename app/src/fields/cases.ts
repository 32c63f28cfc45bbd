/** The table of cases that the API, the importer and the app share. For tests. */

import { readFileSync } from "node:fs";

interface Case {
  input: string;
  value?: string | null;
  fault?: string;
  only?: string[];
  field?: string;
  times?: number;
  inside?: boolean;
}

interface Table {
  cases: Case[];
  range: Case[];
  limits: Record<string, number>;
  today: string;
}

export function loadTable(name: "text" | "hours" | "dates"): Table {
  return JSON.parse(readFileSync(new URL(`../../../tests/cases/${name}.json`, import.meta.url), "utf8"));
}
