"""A session store and a cache store."""
