"""The routing cost equation over columns: pure arithmetic, exact to the nano-dollar."""
