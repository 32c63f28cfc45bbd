/** The texts of the approvals in German. */

import type { approvals as english } from "./en-approvals";

const entries = (count: number) => (count === 1 ? "1 Eintrag" : `${count} Einträge`);
const weeks = (count: number) => (count === 1 ? "1 Woche" : `${count} Wochen`);

export const approvals: typeof english = {
  pending: "Offen",
  decided: "Entschieden",
  missing: "Fehlend",
  lastWeekSigned: (week, signed, all) => `Letzte Woche, ${week}: ${signed} von ${all} bestätigt.`,
  notYet: "Noch nicht:",
  andMore: (count) => `und ${count} weitere`,
  signedOf: (signed, all) => `${signed} von ${all} bestätigt`,
  nothingLoggedTitle: "Nichts eingetragen",
  loggedNotSigned: "Eingetragen, nicht bestätigt",
  emailThese: (count) => (count === 1 ? "E-Mail an diese Person" : `E-Mail an diese ${count}`),
  sendEmail: "E-Mail schreiben",
  everyoneSigned: "Alle haben bestätigt.",
  nobodyExpected: "Für diese Woche werden von niemandem Stunden erwartet.",
  signedOn: (day) => `bestätigt ${day}`,
  signing: {
    unsigned: () => "nicht bestätigt",
    changed: (added) => (added ? `${added} nachgetragen` : "danach geändert"),
    unknown: () => "Bestätigung nicht bekannt",
  },
  addedAfterSigning: "nachgetragen",
  unusualStay: (count) =>
    count === 1
      ? "1 ungewöhnliche Woche bleibt zum Ansehen."
      : `${count} ungewöhnliche Wochen bleiben zum Ansehen.`,
  weeksWait: (count) => `${weeks(count)} ${count === 1 ? "wartet" : "warten"} auf eine Entscheidung`,
  lookFirst: "Zuerst ansehen",
  ordinary: "Gewöhnliche Wochen",
  ordinaryText: (hours) => `Bestätigt, höchstens ${hours} am Tag, kein Wochenende`,
  unfinished: "Noch nicht zu Ende",
  show: "Zeigen",
  tickAll: "Alle auswählen",
  untickAll: "Keine auswählen",
  tickedWeeks: "Ausgewählte Wochen",
  ticked: (count) => `${weeks(count)} ausgewählt`,
  entries,
  weeks,
  approveWeek: "Woche freigeben",
  approveWeeks: (count) => `${weeks(count)} freigeben`,
  approveWeeksTitle: (count) => `${weeks(count)} freigeben?`,
  approveWeeksText: (count, hours, time) =>
    `${entries(count)}, ${hours}, jeder so, wie er um ${time} geladen wurde. Was sich seitdem geändert hat, bleibt offen.`,
  reject: "Ablehnen",
  rejectTitle: (name) => `${name} ablehnen?`,
  reason: "Grund",
  reasonHint: (name) => `Für ${name} sichtbar`,
  canCorrect: (count, hours) =>
    `${entries(count)}, ${hours}. ${count === 1 ? "Er kann" : "Sie können"} korrigiert und erneut eingereicht werden.`,
  approved: (name) => `Freigegeben: ${name}`,
  rejected: (name) => `Abgelehnt: ${name}`,
  reopened: (name) => `Wieder geöffnet: ${name}`,
  reopen: "Wieder öffnen",
  reopenUnderDecided: "Schon gesendet. Öffnen Sie es unter „Entschieden“ wieder.",
  history: "Verlauf",
  noHistory: "Der Verlauf ist ohne den Server nicht verfügbar.",
  fromTo: (before, after) => `${before} auf ${after}`,
  changes: {
    created: "Eingetragen",
    corrected: "Korrigiert",
    approved: "Freigegeben",
    rejected: "Abgelehnt",
    reopened: "Wieder geöffnet",
    deleted: "Gelöscht",
    restored: "Wiederhergestellt",
    erased: "Aus Datenschutzgründen gelöscht",
  },
  allCaughtUp: "Alles erledigt.",
  nobodyDecided: (since) => `Seit ${since} ist nichts entschieden worden.`,
  since: (week) => `seit ${week}`,
  earlierWeeks: "Frühere Wochen zeigen",
  notLoadedYet: "Noch nicht geladen. Es erscheint, sobald der Server antwortet.",
  overDay: (hours, day) => `${hours} am ${day}`,
  moreAsYouScroll: (count) => `${count} weitere beim Scrollen`,
  decisionRefused: "Die Entscheidung wurde nicht angenommen",
  decideAgain: "Neu entscheiden",
  changedMeanwhile: "Seit Ihrer Entscheidung geändert",
};
