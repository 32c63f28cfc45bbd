"""Brings entries of other systems into the Timesheets API, by the thousand, exactly once."""
