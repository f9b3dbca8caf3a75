"""How the tables came to be, one file for each step; `bot database migrate` takes those that are missing."""
