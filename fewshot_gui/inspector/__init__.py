"""One picture closely: large, with what is predicted of it, what it resembles, and where it comes from."""
