"""The sample institute and the demonstration of the main job."""
