"""Real client libraries, in an environment of their own, against a scripted upstream, exporting to a running platform."""
