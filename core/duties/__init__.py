"""Due work as rows: deadlines, sends, queries; taken once, parked after five attempts."""
