"""The ways in which goods reach people: collection points, runs, served wards (section 12.2)."""
