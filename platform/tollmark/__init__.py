"""The platform: settings, addresses, processes. It names the apps by string, and nobody imports it."""
