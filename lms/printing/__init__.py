"""Certificates on paper: what they say, in which words, how they are set, and the PDF of it."""
