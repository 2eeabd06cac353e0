"""What people may type, and what is said when it cannot be taken: what is wrong, and what to do."""
