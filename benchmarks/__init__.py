"""Measurements of what people wait for; ``docs/measurements.md`` says how to run and read them."""
