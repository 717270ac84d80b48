"""The whole machine: gunicorn, worker, simulator, as `make run` starts them."""
