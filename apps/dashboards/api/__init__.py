"""What pages show, for programs: a token reads one organization. Null is what was not measured; coverage stands by."""
