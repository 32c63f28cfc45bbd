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
