"""The WeChat public account (公众号): what it sends is verified, answered in time, and answered once."""
