"""The steps, one a file; pipeline.py holds their order."""
