"""placeholder"""
def queries(db): return {}
