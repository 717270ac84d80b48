"""A field agent's conversations beyond their transcripts: her SMS and her HAPANA, foreign farms, repeats."""
