"""What clients export, one module a dialect: which facts of a span are kept, and how they read as requests. Pure."""
