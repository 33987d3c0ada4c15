"""Drills: programs that try to break a promise and count how often they were caught."""
