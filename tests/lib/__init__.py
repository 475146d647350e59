"""The ground floor: text, logs, middleware, the bridge's bodies."""
