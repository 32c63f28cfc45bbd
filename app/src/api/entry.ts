/** An entry of the Timesheets API, with the field names of openapi.yaml. */

export type Status = "pending" | "approved" | "rejected";

export interface Entry {
  id: string;
  user_id: string;
  user_email?: string;
  user_name?: string;
  date: string;
  project: string;
  hours: number;
  notes?: string;
  status: Status;
  reviewed_by?: string;
  reviewed_at?: string;
  reason?: string;
  created_at: string;
  version: number;
}

/** The fields that a person sets. In a correction, `notes: null` removes the notes. */
export interface Fields {
  date: string;
  project: string;
  hours: number;
  notes: string | null;
}

export type Decision = { approved: true } | { approved: false; reason: string };

/** A decision about a version of an entry. */
export type DecisionRow = { id: string; version: number } & Decision;

/** The result of a row: the decided entry, or the problem that refused it. */
export interface DecisionResult {
  entry?: Entry;
  problem?: { status: number; code: string; detail: string };
}

export interface Change {
  change: "created" | "corrected" | "approved" | "rejected" | "reopened" | "deleted" | "restored" | "erased";
  version: number;
  at: string;
  by: string;
  /** The entry after the change; before it, if it is a deletion. */
  entry: Partial<Entry>;
}

/** The owner's signature of a week. */
export interface Submission {
  at: string;
  /** The hours that were signed. */
  total_hours: number;
  /** Whether the content is as signed. */
  current: boolean;
  /** The signed entries' versions by id. */
  versions: Record<string, number>;
}

/** The state of the caller's week. */
export interface WeekState {
  /** The week's entity tag. */
  tag: string;
  /** Missing if the week is not signed. */
  submitted?: Submission;
}

/** Another person's week on the board of approvers. */
export interface BoardRow {
  user_id: string;
  user_email?: string;
  user_name?: string;
  week: string;
  total_hours: number;
  by_day: Record<string, number>;
  by_status: Partial<Record<Status, number>>;
  /** Missing if the week is not signed. */
  submitted?: Submission;
  /** Whether the person is expected, and has neither logged nor signed. */
  missing: boolean;
}
