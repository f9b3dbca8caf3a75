"""Several bots on one database, under load, while something is taken away from them."""
