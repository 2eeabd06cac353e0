"""What the platform costs, measured against floors of the same run. On top of everything, without tables of its own."""
