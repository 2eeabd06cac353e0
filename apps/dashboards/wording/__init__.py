"""How numbers are written on pages, one file a unit, in the language that is active. A no-break space stands between
figure and unit."""
