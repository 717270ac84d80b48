"""What the Makefile runs: the supervisor, throwaway servers, the demo, the owner's commands."""
