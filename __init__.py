"""vidprog."""
