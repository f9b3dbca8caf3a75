"""What staff need before an account goes live: its menu, WeChat's interface for it, and the checks."""
