"""The console's pages: read the request, ask a query or a core verb, fill a template. Nothing else."""
