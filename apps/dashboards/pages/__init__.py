"""Pages as frozen dataclasses, built by pure functions from what the queries returned; templates only write them out."""
