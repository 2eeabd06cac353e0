"""Files with rows of requests: handed over whole, read by a task in pieces, each committed with how far it came."""
