"""Checks of certificates, by code, by file and offline."""
