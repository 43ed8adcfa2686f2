"""Build the site: what is stale, what comes from npm, and the run of Jupyter Book."""
