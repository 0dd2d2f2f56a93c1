"""A small shop on the OData engine. It shows that the engine knows nothing of tasks, and the
engine's own tests run against it. Of the application it imports the engine and the domain errors.
"""
