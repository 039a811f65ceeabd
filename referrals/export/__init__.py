"""A copy of everything about one person (GDPR art. 15 and 20): as data, and to be read by people."""
