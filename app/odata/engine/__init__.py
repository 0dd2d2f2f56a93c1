"""OData 4.01 itself: knows no task, no viewer, no table of ours. A service is a model (edm.py) and,
for each entity set, a source (source.py). Imports nothing of ours but `errors`.
"""
