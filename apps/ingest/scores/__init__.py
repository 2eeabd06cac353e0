"""Scores that arrive after their requests: stored as they come, joined to a request once it is known, evidence then."""
