"""How numbers are written on pages: pure functions, one file a unit. A no-break space stands between figure and unit."""
