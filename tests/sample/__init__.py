"""Tests of the sample institute."""
