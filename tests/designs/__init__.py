"""Designs of certificates."""
