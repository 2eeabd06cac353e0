"""Signs that look like others in source code, by name."""

NBSP = "\u00a0"
EN_DASH = "\u2013"
MINUS = "\u2212"
TIMES = "\u00d7"
AT_MOST = "\u2264"
AT_LEAST = "\u2265"
NOTHING_KNOWN = EN_DASH
