"""One file a page, each view in a few statements: come in, build the page, write it out."""
