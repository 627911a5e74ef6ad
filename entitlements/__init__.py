"""May they be served now, and out of which hours: decisions, holds, work, grants, the hours account, calendars."""
