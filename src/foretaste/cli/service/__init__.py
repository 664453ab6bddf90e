"""Commands of the running product: serve, store, keys, bundles, forget."""
