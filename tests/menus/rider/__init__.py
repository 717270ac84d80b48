"""The rider's conversations beyond their transcripts: hops, bad input, stale screens, repeats, long names."""
