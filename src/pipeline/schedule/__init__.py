"""When renders are due, and what makes a system start them."""
